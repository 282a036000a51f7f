import { boundedByBytes, Database, READ_MAX_BYTES } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { TransferRow } from './transfer-columns.js';

/** What an export is narrowed to; undefined for all. */
export interface ExportFilter {
  readonly stage: string | undefined;
  readonly status: string | undefined;
}

const ROWS = 1_000;
const INSTANT = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const COLUMNS = `d.deal_id, d.external_id, d.canonical_name, d.display_name, d.folder_path, d.stage, d.status, d.source, d.next_step,
  d.next_step_at::text AS next_step_at, d.identifiers, d.company_info, d.broker, d.metadata, ${INSTANT('d.created_at')} AS created_at,
  ${INSTANT('d.updated_at')} AS updated_at`;

const FITTING = `FROM zakops.deals d WHERE NOT d.deleted AND ($1::text IS NULL OR d.stage = $1) AND ($2::text IS NULL OR d.status = $2)`;
const PAGE = boundedByBytes({
  columns: COLUMNS,
  bytes: ['identifiers', 'company_info', 'broker', 'metadata'].map((column) => `octet_length(d.${column}::text)`).join(' + '),
  from: `${FITTING} AND d.deal_id > $3`,
  order: 'd.deal_id',
  outerOrder: 'deal_id',
  limit: '$4',
  maxBytes: '$5',
});

/** Reads deals for an export. */
@Injectable()
export class DealExportReader {
  constructor(private readonly database: Database) {}

  /** How many deals fit now. */
  async count({ stage, status }: ExportFilter): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(`SELECT count(*)::int AS n ${FITTING}`, [stage ?? null, status ?? null]);
    return row?.n ?? 0;
  }

  /**
   * Portions of deals by their ids, which do not change: a deal that is there throughout is in the export once, whatever changes meanwhile.
   *
   * @remarks A portion is read when the one before was taken, so a slow reader costs no memory.
   */
  async *portions({ stage, status }: ExportFilter): AsyncGenerator<readonly TransferRow[]> {
    let after = '';
    for (;;) {
      const rows = await this.database.query<TransferRow & ByteCount>(PAGE, [stage ?? null, status ?? null, after, ROWS, READ_MAX_BYTES]);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield rows;
      after = String(last.deal_id);
    }
  }
}
