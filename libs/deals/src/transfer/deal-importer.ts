import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import { newCall, runInCall } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import { Deal } from '../domain/deal.js';
import { toImportChanges, toImportDetails } from '../http/dto/deal-details.mapper.js';
import { DealJournal } from '../journal/deal-journal.js';
import { DealRepository } from '../persistence/deal.repository.js';
import type { NextDeal } from '../persistence/deal.repository.js';
import { StageHistoryStore } from '../persistence/stage-history.store.js';
import { ImportStore } from './import.store.js';
import type { LockedImport, RowResult, WaitingRow } from './import.store.js';

const PORTION = 200;
const SOURCE = 'import';
const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'conflict', 'rule_broken', 'too_large']);

/** Finds the deal that a row is about; undefined when there is none. */
type FindDeal = (given: WaitingRow['given']) => string | undefined;

/** Carries imports out, in portions that are committed each with its rows: what a crash cuts off goes on behind the last portion. */
@Injectable()
export class DealImporter {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly imports: ImportStore,
    private readonly deals: DealRepository,
    private readonly history: StageHistoryStore,
    private readonly journal: DealJournal,
  ) {}

  /** Carries out every import that waits. */
  async runAll(isOver: () => boolean): Promise<void> {
    for (let id = await this.imports.next(); id !== undefined && !isOver(); id = await this.imports.next()) await this.run(id, isOver);
  }

  /**
   * Carries out one import to its end, or until it is cancelled.
   *
   * @param onPortion - called with the number of rows of each portion
   */
  async run(importId: string, isOver: () => boolean, onPortion: (rows: number) => void = () => undefined): Promise<void> {
    for (let rows = -1; rows !== 0 && !isOver();) {
      rows = await this.portion(importId);
      onPortion(rows);
    }
  }

  private async portion(importId: string): Promise<number> {
    return this.unitOfWork.runApart(async (tx) => {
      // Of two workers the second waits here, and goes on with the rows that are left.
      const locked = await this.imports.lock(tx, importId);
      if (locked.state !== 'queued' && locked.state !== 'running') return 0;
      const rows = await this.imports.waiting(tx, importId, PORTION);
      if (rows.length === 0) {
        this.imports.setState(tx, importId, 'done');
        return 0;
      }
      if (locked.state === 'queued') this.imports.setState(tx, importId, 'running');
      const actor = newCall({ type: locked.actorType, id: locked.actorId });
      this.imports.saveRows(tx, importId, await runInCall(actor, () => this.apply(tx, rows, locked)));
      return rows.length;
    });
  }

  private async apply(tx: Transaction, rows: readonly WaitingRow[], { isDryRun, createdBy }: LockedImport): Promise<readonly RowResult[]> {
    const find = await this.deal(tx, rows);
    const fresh = rows.filter(({ given }) => find(given) === undefined);
    const toOpen = fresh.filter(({ given }) => given.deal_id === undefined).length;
    const ids = isDryRun ? undefined : (await this.deals.nextOnes(tx, toOpen)).values();
    const created = fresh.map((row) => this.create(tx, row, ids));
    // In the order of ids, so that two imports cannot wait for each other; the statements go out in one go.
    const existing = rows
      .flatMap((row) => {
        const dealId = find(row.given);
        return dealId === undefined ? [] : [{ row, dealId }];
      })
      .sort((one, other) => (one.dealId < other.dealId ? -1 : 1));
    const changed = await Promise.all(existing.map(({ row, dealId }) => this.change(tx, row, dealId, createdBy, isDryRun)));
    return [...created, ...changed];
  }

  private async deal(tx: Transaction, rows: readonly WaitingRow[]): Promise<FindDeal> {
    const dealIds = rows.flatMap(({ given }) => given.deal_id ?? []);
    const externalIds = rows.flatMap(({ given }) => (given.deal_id === undefined ? (given.external_id ?? given.canonical_name) : []));
    const found = await this.imports.matches(tx, dealIds, externalIds);
    const byId = new Set(found.map(({ dealId }) => dealId));
    const byExternalId = new Map(found.flatMap(({ dealId, externalId }) => (externalId === null ? [] : [[externalId, dealId] as const])));
    return ({ deal_id: id, external_id: externalId, canonical_name: name }) => {
      if (id === undefined) return byExternalId.get(externalId ?? name);
      return byId.has(id) ? id : undefined;
    };
  }

  /** @param ids - of the deals to open; undefined for a dry run */
  private create(tx: Transaction, { line, given }: WaitingRow, ids: Iterator<NextDeal> | undefined): RowResult {
    if (given.deal_id !== undefined) {
      return failed(line, 'DEAL_NOT_FOUND', 'deal_id', `There is no deal ${given.deal_id}; leave the id out to open one.`);
    }
    try {
      const opened = ids?.next().value as NextDeal | undefined;
      const externalId = given.external_id ?? given.canonical_name;
      const deal = Deal.bring(opened?.dealId ?? 'DEAL-000000', toImportDetails(given), given.stage ?? 'inbound', SOURCE, externalId);
      this.journal.requireChangeable(deal);
      if (opened === undefined) return passed(line, 'created', null);
      this.deals.add(tx, deal, opened.openedAt, SOURCE);
      this.journal.write(tx, deal);
      return passed(line, 'created', deal.dealId);
    } catch (error) {
      return refused(line, error);
    }
  }

  private async change(tx: Transaction, { line, given }: WaitingRow, dealId: string, by: string, isDryRun: boolean): Promise<RowResult> {
    try {
      const deal = await (isDryRun ? this.deals.peek(tx, dealId) : this.deals.load(tx, dealId));
      const isUpdated = deal.update(toImportChanges(given));
      const move = given.stage === undefined ? null : deal.putAt(given.stage, by, SOURCE);
      if (!isUpdated && move === null) return passed(line, 'unchanged', dealId);
      if (given.external_id !== undefined) deal.knownElsewhereAs(given.external_id);
      if (isDryRun) return passed(line, 'changed', dealId);
      await this.deals.save(tx, deal);
      if (move !== null) this.history.append(tx, dealId, move, undefined);
      this.journal.write(tx, deal);
      return passed(line, 'changed', dealId);
    } catch (error) {
      return refused(line, error);
    }
  }
}

function passed(line: number, state: 'created' | 'changed' | 'unchanged', dealId: string | null): RowResult {
  return { line, state, deal_id: dealId, code: null, field: null, detail: null };
}

function failed(line: number, code: string, field: string | null, detail: string): RowResult {
  return { line, state: 'failed', deal_id: null, code, field, detail };
}

/** What a deal refuses has changed nothing; anything else ends the portion. */
function refused(line: number, error: unknown): RowResult {
  if (!(error instanceof DomainError) || !REFUSALS.has(error.category)) throw error;
  return failed(line, error.code, error.fields[0]?.pointer.slice(1) ?? null, error.detail);
}
