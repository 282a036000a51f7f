import { stringify } from 'csv-stringify/sync';
import { toSafeCell } from './csv-cells.js';
import { JSON_COLUMNS, TRANSFER_COLUMNS } from './transfer-columns.js';
import type { TransferRow } from './transfer-columns.js';

/** The forms in which deals are exported and imported. */
export const TRANSFER_FORMATS = ['csv', 'ndjson'] as const;

/** One of {@link TRANSFER_FORMATS}. */
export type TransferFormat = (typeof TRANSFER_FORMATS)[number];

/** The parts of a file, one for each portion of deals. CSV (RFC 4180) begins with the names of the columns. */
export async function* toFile(portions: AsyncIterable<readonly TransferRow[]>, format: TransferFormat): AsyncGenerator<string> {
  let head = format === 'csv' ? `${TRANSFER_COLUMNS.join(',')}\r\n` : '';
  for await (const rows of portions) {
    yield head + toLines(rows, format);
    head = '';
  }
  if (head !== '') yield head;
}

function toLines(rows: readonly TransferRow[], format: TransferFormat): string {
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(toMembers(row))}\n`).join('');
  return stringify(
    rows.map((row) => TRANSFER_COLUMNS.map((column) => toCell(column, row[column]))),
    { record_delimiter: '\r\n' },
  );
}

function toMembers(row: TransferRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(TRANSFER_COLUMNS.map((column) => [column, row[column]]));
}

function toCell(column: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (JSON_COLUMNS.has(column)) return JSON.stringify(value) === '{}' ? '' : JSON.stringify(value);
  return toSafeCell(typeof value === 'string' ? value : JSON.stringify(value));
}
