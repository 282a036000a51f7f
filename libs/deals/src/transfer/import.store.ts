import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ImportNotFoundError } from './import.errors.js';
import type { CheckedRow, ImportRow } from './import-row.js';
import type { ImportRowView, ImportView, RowState } from './import.view.js';

const COLUMNS = `i.id, i.state, i.is_dry_run AS "isDryRun", i.created_by AS "createdBy", i.total_rows AS "totalRows", i.created_at AS "createdAt",
  i.finished_at AS "finishedAt"`;
const COUNTS = `(SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM (
  SELECT state, count(*) AS n FROM zakops.deal_import_rows r WHERE r.import_id = i.id GROUP BY state) AS c) AS counts`;

const ADD = prepared(`
  INSERT INTO zakops.deal_imports AS i (id, is_dry_run, actor_type, actor_id, created_by, total_rows) VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING ${COLUMNS}, ${COUNTS}`);
const ADD_ROWS = prepared(`
  INSERT INTO zakops.deal_import_rows (import_id, line, given, state, code, field, detail)
  SELECT $1, line, given, CASE WHEN code IS NULL THEN 'waiting' ELSE 'failed' END, code, field, detail
    FROM jsonb_to_recordset($2::jsonb) AS r(line int, given jsonb, code text, field text, detail text)`);
const GET = prepared(`SELECT ${COLUMNS}, ${COUNTS} FROM zakops.deal_imports i WHERE i.id = $1`);
const ROWS = prepared(`
  SELECT line, state, deal_id AS "dealId", code, field, detail FROM zakops.deal_import_rows
   WHERE import_id = $1 AND ($2::text IS NULL OR state = $2) AND line > $3 ORDER BY line LIMIT $4`);
const NEXT = prepared(`SELECT id FROM zakops.deal_imports WHERE state IN ('queued', 'running') ORDER BY created_at, id LIMIT 1`);
const LOCK = prepared(`
  SELECT is_dry_run AS "isDryRun", actor_type AS "actorType", actor_id AS "actorId", created_by AS "createdBy", state FROM zakops.deal_imports
   WHERE id = $1 FOR UPDATE`);
const WAITING = prepared(`
  SELECT line, given FROM zakops.deal_import_rows WHERE import_id = $1 AND state = 'waiting' ORDER BY line LIMIT $2`);
const MATCHES = prepared(`
  SELECT deal_id AS "dealId", external_id AS "externalId" FROM zakops.deals
   WHERE deal_id = ANY($1::text[]) OR (external_id IS NOT NULL AND external_id = ANY($2::text[]))`);
const SET_STATE = prepared(`
  UPDATE zakops.deal_imports SET state = $2::text,
    finished_at = CASE WHEN $2::text IN ('done', 'cancelled') THEN statement_timestamp() END WHERE id = $1`);
const SAVE_ROWS = prepared(`
  UPDATE zakops.deal_import_rows r SET state = s.state, deal_id = s.deal_id, code = s.code, field = s.field, detail = s.detail, given = NULL
    FROM jsonb_to_recordset($2::jsonb) AS s(line int, state text, deal_id text, code text, field text, detail text)
   WHERE r.import_id = $1 AND r.line = s.line`);

/** An import before it has rows. */
export interface NewImport {
  readonly id: string;
  readonly isDryRun: boolean;
  readonly actorType: string;
  readonly actorId: string;
  readonly createdBy: string;
  readonly totalRows: number;
}

/** A row that waits for its turn. */
export interface WaitingRow {
  readonly line: number;
  readonly given: ImportRow;
}

/** A deal that may be the one of a row. */
export interface DealMatch {
  readonly dealId: string;
  readonly externalId: string | null;
}

/** What became of a row, in the names of the columns. */
export interface RowResult {
  readonly line: number;
  readonly state: Exclude<RowState, 'waiting'>;
  readonly deal_id: string | null;
  readonly code: string | null;
  readonly field: string | null;
  readonly detail: string | null;
}

/** An import that is being carried out. */
export interface LockedImport {
  readonly isDryRun: boolean;
  readonly actorType: 'user' | 'api_key' | 'system';
  readonly actorId: string;
  readonly createdBy: string;
  readonly state: string;
}

/** Imports in PostgreSQL. */
@Injectable()
export class ImportStore {
  constructor(private readonly database: Database) {}

  async add(tx: Transaction, { id, isDryRun, actorType, actorId, createdBy, totalRows }: NewImport): Promise<ImportView> {
    const [row] = await tx.query<ImportView & Record<string, unknown>>(ADD, [id, isDryRun, actorType, actorId, createdBy, totalRows]);
    if (row === undefined) throw new Error('The import was written without a row.');
    return row;
  }

  async addRows(tx: Transaction, importId: string, rows: readonly CheckedRow[]): Promise<void> {
    await tx.query(ADD_ROWS, [importId, JSON.stringify(rows)]);
  }

  /** @throws ImportNotFoundError */
  async get(importId: string): Promise<ImportView> {
    const [row] = await this.database.query<ImportView & Record<string, unknown>>(GET, [importId]);
    if (row === undefined) throw new ImportNotFoundError(importId);
    return row;
  }

  /** As {@link get}, in a transaction. */
  async getIn(tx: Transaction, importId: string): Promise<ImportView> {
    const [row] = await tx.query<ImportView & Record<string, unknown>>(GET, [importId]);
    if (row === undefined) throw new ImportNotFoundError(importId);
    return row;
  }

  /** By line. @param after - the line before */
  async rows(importId: string, state: string | undefined, limit: number, after: number): Promise<readonly ImportRowView[]> {
    return this.database.query<ImportRowView & Record<string, unknown>>(ROWS, [importId, state ?? null, after, limit]);
  }

  /** The oldest import that is not finished. */
  async next(): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(NEXT);
    return row?.id;
  }

  /** Locks an import until the end of the transaction. @throws ImportNotFoundError */
  async lock(tx: Transaction, importId: string): Promise<LockedImport> {
    const [row] = await tx.query<LockedImport & Record<string, unknown>>(LOCK, [importId]);
    if (row === undefined) throw new ImportNotFoundError(importId);
    return row;
  }

  async waiting(tx: Transaction, importId: string, limit: number): Promise<readonly WaitingRow[]> {
    return tx.query<WaitingRow & Record<string, unknown>>(WAITING, [importId, limit]);
  }

  /** The deals that are there under the ids and external ids of some rows; deleted ones too. */
  async matches(tx: Transaction, rows: readonly WaitingRow[]): Promise<readonly DealMatch[]> {
    const dealIds = rows.flatMap(({ given }) => given.deal_id ?? []);
    const externalIds = rows.map(({ given }) => given.external_id ?? given.canonical_name);
    return tx.query<DealMatch & Record<string, unknown>>(MATCHES, [dealIds, externalIds]);
  }

  async cancel(tx: Transaction, importId: string): Promise<void> {
    await tx.query(SET_STATE, [importId, 'cancelled']);
  }

  /** Sets the state with the commit. */
  setState(tx: Transaction, importId: string, state: 'running' | 'done'): void {
    tx.atCommit({ statement: SET_STATE, values: [importId, state] });
  }

  saveRows(tx: Transaction, importId: string, results: readonly RowResult[]): void {
    tx.atCommit({ statement: SAVE_ROWS, values: [importId, JSON.stringify(results)] });
  }
}
