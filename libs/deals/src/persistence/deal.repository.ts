import { isUniqueViolation, prepared } from '#zakops/database';
import type { Statement, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { DealAlias, RecordedAlias } from '../domain/deal-alias.js';
import { toWireNames } from '../domain/deal-details.js';
import type { DealDetails } from '../domain/deal-details.js';
import { standingToWireNames } from '../domain/deal-standing.js';
import { snapshotOfNewDeal } from '../domain/deal-snapshot.js';
import type { DealSnapshot } from '../domain/deal-snapshot.js';
import { Deal } from '../domain/deal.js';
import type { DealState } from '../domain/stored-deal.js';
import { DealMergedError, DealNotFoundError, DuplicateAliasError } from '../domain/deal.errors.js';
import { DEAL_SNAPSHOT_COLUMNS, toDealSnapshot } from './deal-snapshot-row.js';
import type { DealSnapshotRow } from './deal-snapshot-row.js';
import { SURVIVOR } from './survivor-statement.js';
import { inStoredOrder } from './in-stored-order.js';

/** What a new deal begins with. */
export interface NextDeal {
  readonly dealId: string;
  /** By the database's clock. */
  readonly openedAt: Date;
}

/** The stage of a deal at one moment. */
export interface DealGlance {
  readonly stage: string;
  /** The moment, by the database's clock. */
  readonly at: Date;
}

const NEXT = prepared('SELECT zakops.next_deal_id() AS id, statement_timestamp() AS opened_at');
const NEXT_ONES = prepared('SELECT zakops.next_deal_id() AS id, statement_timestamp() AS opened_at FROM generate_series(1, $1::int)');
const LOOK = prepared('SELECT stage, statement_timestamp() AS at FROM zakops.deals WHERE deal_id = $1 AND NOT deleted');
const STATE = `
  SELECT deal_id AS "dealId", canonical_name AS "canonicalName", display_name AS "displayName", folder_path AS "folderPath", stage, status,
    identifiers, company_info AS "companyInfo", broker, metadata, version, status_before AS "statusBefore", deleted,
    merged_into AS "mergedInto", outcome_reason AS "outcomeReason", outcome_note AS "outcomeNote", email_thread_ids AS "emailThreadIds",
    next_step AS "nextStep", next_step_at::text AS "nextStepAt", snoozed_until::text AS "snoozedUntil", snooze_reason AS "snoozeReason",
    external_id AS "externalId"
  FROM zakops.deals WHERE deal_id = $1`;
const LOAD = prepared(`${STATE} AND NOT deleted FOR UPDATE`);
const LOAD_DELETED = prepared(`${STATE} FOR UPDATE`);
const PEEK = prepared(`${STATE} AND NOT deleted`);
const LOAD_ALIASES = prepared(`
  SELECT id, alias, alias_type AS "aliasType", confidence, source FROM zakops.deal_aliases WHERE deal_id = $1 ORDER BY id`);
const SNAPSHOT = prepared(`SELECT ${DEAL_SNAPSHOT_COLUMNS} FROM zakops.deals d WHERE d.deal_id = $1 AND NOT d.deleted`);
const ADD = prepared(`
  INSERT INTO zakops.deals (deal_id, canonical_name, display_name, folder_path, stage, status, identifiers, company_info, broker,
    metadata, email_thread_ids, version, stage_entered_at, created_at, updated_at, next_step, next_step_at, source,
    external_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13, $14, $15, $16, $17)`);

const TEXTS = [
  'canonical_name',
  'display_name',
  'folder_path',
  'status',
  'status_before',
  'merged_into',
  'outcome_reason',
  'outcome_note',
  'next_step',
  'snooze_reason',
  'external_id',
];
const DATES = ['next_step_at', 'snoozed_until'];
const DOCUMENTS = ['identifiers', 'company_info', 'broker', 'metadata', 'email_thread_ids'];

/** SQL: the given value of a text column when $2 has one, else the stored value, which never passes through JavaScript. */
const text = (column: string): string =>
  `${column} = CASE WHEN $2::jsonb ? '${column}' THEN $2::jsonb ->> '${column}' ELSE d.${column} END`;
const date = (column: string): string =>
  `${column} = CASE WHEN $2::jsonb ? '${column}' THEN ($2::jsonb ->> '${column}')::date ELSE d.${column} END`;
const json = (column: string): string => `${column} = CASE WHEN $2::jsonb ? '${column}' THEN $2::jsonb -> '${column}' ELSE d.${column} END`;

// The start of the statement, not of the transaction: the row lock is held by then, so the times of one deal never go back.
const SAVE = prepared(`
  UPDATE zakops.deals d SET ${TEXTS.map(text).join(', ')},
    ${DATES.map(date).join(', ')}, ${DOCUMENTS.map(json).join(', ')},
    stage = $3, stage_entered_at = CASE WHEN d.stage = $3 THEN d.stage_entered_at ELSE statement_timestamp() END,
    deleted = coalesce(($2::jsonb ->> 'deleted')::boolean, d.deleted), version = $4, updated_at = statement_timestamp()
  WHERE deal_id = $1
  RETURNING ${DEAL_SNAPSHOT_COLUMNS}`);
const ADD_ALIAS = prepared(`
  INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source) VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING created_at`);
const MOVE_ALIASES = prepared('UPDATE zakops.deal_aliases SET deal_id = $2 WHERE id = ANY($1::uuid[])');
const REMOVE_ALIAS = prepared('DELETE FROM zakops.deal_aliases WHERE id = $1');

/** Deals in PostgreSQL, for changing them. */
@Injectable()
export class DealRepository {
  /** The id for the next deal, `DEAL-000001` and so on, and the instant at which it is opened; a number is never given twice. */
  async next(tx: Transaction): Promise<NextDeal> {
    const [row] = await tx.query<{ id: string; opened_at: Date }>(NEXT);
    if (row === undefined) throw new Error('zakops.next_deal_id() gave no row.');
    return { dealId: row.id, openedAt: row.opened_at };
  }

  /** As {@link next}, for several deals. */
  async nextOnes(tx: Transaction, count: number): Promise<readonly NextDeal[]> {
    const rows = await tx.query<{ id: string; opened_at: Date }>(NEXT_ONES, [count]);
    return rows.map(({ id, opened_at: openedAt }) => ({ dealId: id, openedAt }));
  }

  /**
   * The stage of a deal at this moment, without a lock.
   *
   * @throws DealNotFoundError
   */
  async look(tx: Transaction, dealId: string): Promise<DealGlance> {
    const [row] = await tx.query<DealGlance & Record<string, unknown>>(LOOK, [dealId]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return row;
  }

  /**
   * Loads a deal and locks it until the end of the transaction.
   *
   * @throws DealNotFoundError
   * @throws DealMergedError when another deal goes on in its place
   */
  async load(tx: Transaction, dealId: string): Promise<Deal> {
    return this.state(tx, dealId, LOAD);
  }

  /** As {@link load}, also for a deleted deal. */
  async loadDeleted(tx: Transaction, dealId: string): Promise<Deal> {
    return this.state(tx, dealId, LOAD_DELETED);
  }

  /** As {@link load}, without a lock: for a look that changes nothing. */
  async peek(tx: Transaction, dealId: string): Promise<Deal> {
    return this.state(tx, dealId, PEEK);
  }

  /** The deal as it is stored. @throws DealNotFoundError */
  async snapshot(tx: Transaction, dealId: string): Promise<DealSnapshot> {
    const [row] = await tx.query<DealSnapshotRow>(SNAPSHOT, [dealId]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return toDealSnapshot(row);
  }

  /**
   * Writes a deal that was just opened, with the commit: until then a reader in the same transaction does not find it.
   *
   * @param source - who or what brought it
   * @returns what a read after the commit gives
   */
  add(tx: Transaction, deal: Deal, openedAt: Date, source: string): DealSnapshot {
    const { dealId, stage, version } = deal;
    const details = withStoredOrder(deal.details);
    const { canonicalName, displayName, folderPath, status, identifiers, companyInfo, broker, metadata, nextStep, nextStepAt } = details;
    const documents = [identifiers, companyInfo, broker, metadata, deal.standing.emailThreadIds].map((document) =>
      JSON.stringify(document),
    );
    tx.atCommit({
      statement: ADD,
      values: [
        dealId,
        canonicalName,
        displayName,
        folderPath,
        stage,
        status,
        ...documents,
        version,
        openedAt,
        nextStep,
        nextStepAt,
        source,
        deal.standing.externalId,
      ],
    });
    return snapshotOfNewDeal(deal, details, openedAt, source);
  }

  /** Writes a loaded deal with its changes, and sets its times. */
  async save(tx: Transaction, deal: Deal): Promise<DealSnapshot> {
    const { dealId, stage, version, changedDetails, changedStanding } = deal;
    const changed = JSON.stringify({ ...toWireNames(changedDetails), ...standingToWireNames(changedStanding) });
    const [row] = await tx.query<DealSnapshotRow>(SAVE, [dealId, changed, stage, version]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return toDealSnapshot(row);
  }

  /**
   * Writes an alias that was added to a deal; the deal is saved apart.
   *
   * @throws DuplicateAliasError when the database takes two aliases for the same that the aggregate takes for different
   */
  async addAlias(tx: Transaction, dealId: string, alias: DealAlias): Promise<RecordedAlias> {
    try {
      const values = [alias.id, dealId, alias.alias, alias.aliasType, alias.confidence, alias.source];
      const [row] = await tx.query<{ created_at: Date }>(ADD_ALIAS, values);
      if (row === undefined) throw new Error('The alias was written without a row.');
      return { ...alias, createdAt: row.created_at };
    } catch (error) {
      if (isUniqueViolation(error, 'deal_aliases_alias_idx')) throw new DuplicateAliasError(dealId, alias.alias, alias.aliasType);
      throw error;
    }
  }

  /** Gives aliases of a merged deal to the one that absorbed it; both are saved apart. */
  async moveAliases(tx: Transaction, aliasIds: readonly string[], dealId: string): Promise<void> {
    await tx.query(MOVE_ALIASES, [aliasIds, dealId]);
  }

  /** Removes an alias that was taken from its deal; the deal is saved apart. */
  async removeAlias(tx: Transaction, aliasId: string): Promise<void> {
    await tx.query(REMOVE_ALIAS, [aliasId]);
  }

  private async state(tx: Transaction, dealId: string, statement: Statement): Promise<Deal> {
    // Two statements, sent together: one that waited for the lock would see the aliases as they were before it waited.
    const [[row], aliases] = await Promise.all([
      tx.query<Omit<DealState, 'aliases'>>(statement, [dealId]),
      tx.query<DealAlias>(LOAD_ALIASES, [dealId]),
    ]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    if (row.mergedInto !== null) {
      // Merged deals may be merged again, so the one that goes on is at the end of the chain.
      const [last] = await tx.query<{ id: string }>(SURVIVOR, [dealId]);
      throw new DealMergedError(dealId, last?.id ?? row.mergedInto);
    }
    return Deal.restore({ ...row, aliases });
  }
}

function withStoredOrder(details: DealDetails): DealDetails {
  return {
    ...details,
    identifiers: inStoredOrder(details.identifiers),
    companyInfo: inStoredOrder(details.companyInfo),
    broker: inStoredOrder(details.broker),
    metadata: inStoredOrder(details.metadata),
  };
}
