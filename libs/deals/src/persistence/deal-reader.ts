import { boundedByBytes, Database, prepared, READ_MAX_BYTES } from '#zakops/database';
import type { BatchedRead, ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DealNotFoundError } from '../domain/deal.errors.js';
import type { DealView } from '../queries/get-deal/deal.view.js';
import type { DealFilter, DealKey, DealPageStart } from '../queries/list-deals/list-deals.query.js';
import { toPageOfBytes } from '../queries/page.js';
import type { Page } from '../queries/page.js';

interface DealViewRow {
  readonly deal_id: string;
  readonly canonical_name: string;
  readonly display_name: string | null;
  readonly folder_path: string | null;
  readonly stage: string;
  readonly status: string;
  readonly identifiers: Record<string, unknown>;
  readonly company_info: Record<string, unknown>;
  readonly broker: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly email_thread_ids: unknown[];
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly updated_at_exact: string;
  readonly days_since_update: number;
  readonly action_count: number;
  readonly alias_count: number;
}

const COLUMNS = `d.deal_id, d.canonical_name, d.display_name, d.folder_path, d.stage, d.status, d.identifiers, d.company_info, d.broker,
  d.metadata, d.email_thread_ids, d.version, d.created_at, d.updated_at,
  to_char(d.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at_exact,
  greatest(0, floor(extract(epoch FROM now() - d.updated_at) / 86400))::int AS days_since_update,
  (SELECT count(*)::int FROM zakops.actions a WHERE a.deal_id = d.deal_id) AS action_count,
  (SELECT count(*)::int FROM zakops.deal_aliases l WHERE l.deal_id = d.deal_id) AS alias_count`;

const ONE_BY_ID = prepared(`SELECT ${COLUMNS} FROM zakops.deals d WHERE d.deal_id = ANY($1::text[]) AND NOT d.deleted`);

const DOCUMENT_BYTES = ['identifiers', 'company_info', 'broker', 'metadata', 'email_thread_ids']
  .map((column) => `octet_length(d.${column}::text)`)
  .join(' + ');

/** Reads deals for answers. Deleted deals do not exist for it. */
@Injectable()
export class DealReader {
  readonly #one: BatchedRead<DealViewRow>;

  constructor(private readonly database: Database) {
    this.#one = database.batchedRead<DealViewRow>(ONE_BY_ID, (row) => row.deal_id);
  }

  /** @throws DealNotFoundError */
  async get(dealId: string): Promise<DealView> {
    const row = await this.#one.get(dealId);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return toDealView(row);
  }

  /** The stage of a deal. @throws DealNotFoundError */
  async stageOf(dealId: string): Promise<string> {
    const [row] = await this.database.query<{ stage: string }>('SELECT stage FROM zakops.deals WHERE deal_id = $1 AND NOT deleted', [
      dealId,
    ]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return row.stage;
  }

  /** @param limit - deals, 1 to 200 */
  async list(filter: DealFilter, limit: number, start: DealPageStart): Promise<Page<DealView, DealKey>> {
    const parameters: unknown[] = [filter.status];
    const conditions = ['NOT d.deleted', 'd.status = $1'];
    const parameter = (value: unknown): string => `$${String(parameters.push(value))}`;
    if (filter.stage !== undefined) conditions.push(`d.stage = ${parameter(filter.stage)}`);
    if (filter.search !== undefined) {
      // Not LIKE: folding makes a percent sign of one of full width, which an escape before it would miss.
      const part = `zakops.fold(${parameter(filter.search)})`;
      conditions.push(`(strpos(zakops.fold(d.canonical_name), ${part}) > 0 OR strpos(zakops.fold(d.display_name), ${part}) > 0)`);
    }
    if ('after' in start) {
      conditions.push(`(d.updated_at, d.deal_id) < (${parameter(start.after.updatedAt)}::timestamptz, ${parameter(start.after.dealId)})`);
    }
    const statement = boundedByBytes({
      columns: COLUMNS,
      bytes: DOCUMENT_BYTES,
      from: `FROM zakops.deals d WHERE ${conditions.join(' AND ')}`,
      order: 'd.updated_at DESC, d.deal_id DESC',
      outerOrder: 'updated_at DESC, deal_id DESC',
      limit: `${parameter(limit + 1)} OFFSET ${parameter('offset' in start ? start.offset : 0)}`,
      maxBytes: parameter(READ_MAX_BYTES),
    });
    const rows = await this.database.query<DealViewRow & ByteCount>(statement, parameters);
    return toPageOfBytes(rows, limit, toDealView, (row) => ({ updatedAt: row.updated_at_exact, dealId: row.deal_id }));
  }
}

function toDealView(row: DealViewRow): DealView {
  return {
    dealId: row.deal_id,
    canonicalName: row.canonical_name,
    displayName: row.display_name,
    folderPath: row.folder_path,
    stage: row.stage,
    status: row.status,
    identifiers: row.identifiers,
    companyInfo: row.company_info,
    broker: row.broker,
    metadata: row.metadata,
    emailThreadIds: row.email_thread_ids,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    daysSinceUpdate: row.days_since_update,
    actionCount: row.action_count,
    aliasCount: row.alias_count,
  };
}
