import { DatabaseConflictError, DatabaseUnavailableError, UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import { newCall, runInCall } from '#zakops/observability';
import { Injectable, Logger } from '@nestjs/common';
import { Deal } from '../domain/deal.js';
import { toImportChanges, toImportDetails } from '../http/dto/deal-details.mapper.js';
import { DealJournal } from '../journal/deal-journal.js';
import { DealRepository } from '../persistence/deal.repository.js';
import type { NextDeal } from '../persistence/deal.repository.js';
import { StageHistoryStore } from '../persistence/stage-history.store.js';
import { ImportStore } from './import.store.js';
import type { LockedImport, RowResult, WaitingRow } from './import.store.js';
import { toTargets } from './row-targets.js';
import type { RowTarget } from './row-targets.js';

const PORTION = 200;
const SOURCE = 'import';
const REFUSALS: ReadonlySet<string> = new Set(['not_found', 'conflict', 'rule_broken', 'too_large']);

/**
 * Carries out imports in portions, each a transaction with the deals, events and audit entries of its rows. After a crash an import goes on
 * behind its last committed portion.
 */
@Injectable()
export class DealImporter {
  readonly #logger = new Logger(DealImporter.name);

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
      rows = await this.portionOrRows(importId, isOver);
      onPortion(rows);
    }
  }

  /** A portion that the database refuses is gone through row by row, so that one row does not hold back all imports. */
  private async portionOrRows(importId: string, isOver: () => boolean): Promise<number> {
    try {
      return await this.portion(importId, PORTION);
    } catch (error) {
      if (passes(error)) throw error;
      this.#logger.warn({ err: error, import_id: importId }, 'A portion of an import failed; its rows are imported one by one.');
    }
    let done = 0;
    for (let rows = 1; rows > 0 && done < PORTION && !isOver(); done += rows) rows = await this.oneRow(importId);
    return done;
  }

  private async oneRow(importId: string): Promise<number> {
    try {
      return await this.portion(importId, 1);
    } catch (error) {
      if (passes(error)) throw error;
      this.#logger.error({ err: error, import_id: importId }, 'A row of an import failed.');
      return this.portion(importId, 1, ([row]) =>
        Promise.resolve(row === undefined ? [] : [failed(row.line, 'INTERNAL_ERROR', null, 'could not be stored; the log says why')]),
      );
    }
  }

  private async portion(importId: string, most: number, carryOut = this.apply.bind(this)): Promise<number> {
    return this.unitOfWork.runApart(async (tx) => {
      // Of two workers the second waits here, and goes on with the rows that are left.
      const locked = await this.imports.lock(tx, importId);
      if (locked.state !== 'queued' && locked.state !== 'running') return 0;
      const rows = await this.imports.waiting(tx, importId, most);
      if (rows.length === 0) {
        this.imports.setState(tx, importId, 'done');
        return 0;
      }
      if (locked.state === 'queued') this.imports.setState(tx, importId, 'running');
      const actor = newCall({ type: locked.actorType, id: locked.actorId });
      this.imports.saveRows(tx, importId, await runInCall(actor, () => carryOut(rows, tx, locked)));
      return rows.length;
    });
  }

  private async apply(rows: readonly WaitingRow[], tx: Transaction, { isDryRun, createdBy }: LockedImport): Promise<readonly RowResult[]> {
    const targets = toTargets(rows, await this.imports.matches(tx, rows));
    const toOpen = targets.filter(({ kind }) => kind === 'new').length;
    const ids = isDryRun ? undefined : (await this.deals.nextOnes(tx, toOpen)).values();
    const isExisting = (target: RowTarget): target is Extract<RowTarget, { kind: 'existing' }> => target.kind === 'existing';
    // In the order of ids, so that two imports cannot wait for each other; the statements go out in one go.
    const existing = targets.filter(isExisting).sort((one, other) => (one.dealId < other.dealId ? -1 : 1));
    const changed = existing.map(({ row, dealId }) => this.change(tx, row, dealId, createdBy, isDryRun));
    const others = targets.flatMap((target) => {
      if (target.kind === 'new') return this.create(tx, target.row, ids);
      return target.kind === 'refused' ? failed(target.row.line, target.code, target.field, target.detail) : [];
    });
    return [...others, ...(await Promise.all(changed))];
  }

  /** @param ids - of the deals to open; undefined for a dry run */
  private create(tx: Transaction, { line, given }: WaitingRow, ids: Iterator<NextDeal> | undefined): RowResult {
    try {
      const opened = ids?.next().value as NextDeal | undefined;
      const externalId = given.external_id ?? given.canonical_name;
      const deal = Deal.bring(opened?.dealId ?? 'DEAL-000000', toImportDetails(given), given.stage ?? 'inbound', SOURCE, externalId);
      this.journal.requireChangeable(deal);
      if (opened === undefined) return passed(line, 'created', null);
      this.journal.write(tx, deal);
      this.deals.add(tx, deal, opened.openedAt, SOURCE);
      return passed(line, 'created', deal.dealId);
    } catch (error) {
      return refused(line, error);
    }
  }

  private async change(tx: Transaction, { line, given }: WaitingRow, dealId: string, by: string, isDryRun: boolean): Promise<RowResult> {
    try {
      const deal = await (isDryRun ? this.deals.peek(tx, dealId) : this.deals.load(tx, dealId));
      deal.update(toImportChanges(given));
      if (given.external_id !== undefined) deal.knownElsewhereAs(given.external_id);
      const move = given.stage === undefined ? null : deal.putAt(given.stage, by, SOURCE);
      if (!deal.changed) return passed(line, 'unchanged', dealId);
      if (isDryRun) {
        this.journal.requireWritable(deal);
        return passed(line, 'changed', dealId);
      }
      // First: an event that cannot be written must leave the deal as it was.
      this.journal.write(tx, deal);
      await this.deals.save(tx, deal);
      if (move !== null) this.history.append(tx, dealId, move, undefined);
      return passed(line, 'changed', dealId);
    } catch (error) {
      return refused(line, error);
    }
  }
}

/** Whether trying the same again may help. */
function passes(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError || error instanceof DatabaseConflictError;
}

function passed(line: number, state: 'created' | 'changed' | 'unchanged', dealId: string | null): RowResult {
  return { line, state, deal_id: dealId, code: null, field: null, detail: null };
}

function failed(line: number, code: string, field: string | null, detail: string): RowResult {
  return { line, state: 'failed', deal_id: null, code, field, detail };
}

/** What a deal or its event refuses has changed nothing; anything else ends the portion. */
function refused(line: number, error: unknown): RowResult {
  if (!(error instanceof DomainError) || error instanceof DatabaseConflictError || !REFUSALS.has(error.category)) throw error;
  return failed(line, error.code, error.fields[0]?.pointer.slice(1) ?? null, error.detail);
}
