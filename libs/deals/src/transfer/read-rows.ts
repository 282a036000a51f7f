import { findUnstorable } from '#zakops/http';
import { firstCharacters, parseExactJson } from '#zakops/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import { fromSafeCell } from './csv-cells.js';
import { ImportFileError } from './import.errors.js';
import { JSON_COLUMNS, READ_ONLY_COLUMNS, TRANSFER_COLUMNS } from './transfer-columns.js';
import type { TransferFormat } from './write-rows.js';

/** The most rows of one import. */
export const MAX_IMPORT_ROWS = 50_000;

/** A row of a file: its members, or why it cannot be read. */
export type FileRow =
  | { readonly line: number; readonly members: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly code: string; readonly field: string | null; readonly detail: string };

/**
 * Reads the rows of a file. A row that cannot be read is named, and does not hold back the others.
 *
 * @throws ImportFileError for a wrong head, too many rows, or quotes that never close
 */
export function readRows(text: string, format: TransferFormat): readonly FileRow[] {
  const rows = format === 'csv' ? readCsv(text) : readNdjson(text);
  if (rows.length === 0) throw new ImportFileError('EMPTY', 'The file has no rows.');
  if (rows.length > MAX_IMPORT_ROWS) {
    throw new ImportFileError('TOO_MANY_ROWS', `The file has more than ${String(MAX_IMPORT_ROWS)} rows, which an import takes.`);
  }
  return rows.map(refuseUnstorable);
}

/** JSON inside a file can say what no column can keep, as a body can. */
function refuseUnstorable(row: FileRow): FileRow {
  if ('code' in row) return row;
  const [fault] = findUnstorable(row.members);
  return fault === undefined ? row : { line: row.line, code: fault.code, field: fault.pointer.slice(1), detail: fault.detail };
}

// Reads no further than is needed to see that there are too many rows: millions of short ones would fill the memory.
function readNdjson(text: string): readonly FileRow[] {
  const rows: FileRow[] = [];
  let line = 0;
  for (let from = 0; from < text.length && rows.length <= MAX_IMPORT_ROWS;) {
    const end = text.indexOf('\n', from);
    const given = text.slice(from, end < 0 ? undefined : end);
    line += 1;
    from = end < 0 ? text.length : end + 1;
    if (given.trim() !== '') rows.push(toNdjsonRow(given, line));
  }
  return rows;
}

function toNdjsonRow(given: string, line: number): FileRow {
  try {
    const value = parseExactJson(given);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return unreadable(line, 'must be a JSON object');
    return { line, members: withoutReadOnly(value as Readonly<Record<string, unknown>>) };
  } catch {
    return unreadable(line, 'is no JSON');
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function readCsv(text: string): readonly FileRow[] {
  let records: readonly CsvRecord[];
  try {
    records = parse(text, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      bom: true,
      // The head, and one row more than is allowed.
      to: MAX_IMPORT_ROWS + 2,
    }) as unknown as readonly CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ImportFileError('UNREADABLE', `The file is no CSV: ${error.message}`);
  }
  if (records.length === 0) return [];
  const [head, ...rest] = records;
  const columns = (head?.record ?? []).map((name) => name.trim());
  requireHead(columns);
  return rest.map(({ record, info }) => toFileRow(columns, record, info.lines));
}

function requireHead(columns: readonly string[]): void {
  const unknown = columns.filter((name) => !(TRANSFER_COLUMNS as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new ImportFileError('WRONG_HEAD', `The first line names unknown columns: ${firstCharacters(unknown.join(', '), 200)}.`);
  if (new Set(columns).size < columns.length) throw new ImportFileError('WRONG_HEAD', 'The first line names a column twice.');
  if (!columns.includes('canonical_name')) throw new ImportFileError('WRONG_HEAD', 'The first line must name the column canonical_name.');
}

function toFileRow(columns: readonly string[], cells: readonly string[], line: number): FileRow {
  if (cells.length !== columns.length) {
    return unreadable(line, `has ${String(cells.length)} cells, and the first line ${String(columns.length)}`);
  }
  const members: Record<string, unknown> = {};
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? '';
    if (cell === '') continue;
    if (!JSON_COLUMNS.has(column)) members[column] = fromSafeCell(cell);
    else {
      try {
        members[column] = parseExactJson(cell);
      } catch {
        return { line, code: 'UNREADABLE', field: column, detail: 'is no JSON' };
      }
    }
  }
  return { line, members: withoutReadOnly(members) };
}

function withoutReadOnly(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([name, value]) => !READ_ONLY_COLUMNS.has(name) && value !== null));
}

function unreadable(line: number, detail: string): FileRow {
  return { line, code: 'UNREADABLE', field: null, detail };
}
