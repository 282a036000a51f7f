import { createHash } from 'node:crypto';
import { InputError } from '../problem/input-error.js';

/** The sort key of the last row of a page: names and texts, compared by the query that reads the next page. */
export type CursorKey = Readonly<Record<string, string>>;

const CHECK_BYTES = 12;

/**
 * The scope of a list: its name and the filters in force, so that a cursor is refused by another list or another filter.
 *
 * @param filters - `limit` and `cursor` do not belong here; undefined members do not count
 */
export function cursorScope(list: string, filters: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return JSON.stringify([list, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Makes the opaque, URL-safe text that continues a list after `key`. */
export function encodeCursor(scope: string, key: CursorKey): string {
  const json = JSON.stringify(key);
  return Buffer.from(JSON.stringify([checksum(scope, json), json])).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * @throws InputError (400 `VALIDATION_ERROR`, pointing at `cursor`) for a changed cursor, or one of another list or filter
 */
export function decodeCursor(scope: string, text: string): CursorKey {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parts)) {
      const [check, json] = parts as unknown[];
      // The same text again, so that a cursor has one spelling only.
      if (typeof json === 'string' && check === checksum(scope, json) && encodeCursor(scope, JSON.parse(json) as CursorKey) === text) {
        return JSON.parse(json) as CursorKey;
      }
    }
  } catch {
    // Not JSON: refused below like every other text that we did not make.
  }
  throw new InputError([
    { pointer: 'cursor', detail: 'is not a cursor of this list with these filters; start again without it', code: 'INVALID_CURSOR' },
  ]);
}

function checksum(scope: string, json: string): string {
  return createHash('sha256').update(`${scope}\n${json}`).digest().subarray(0, CHECK_BYTES).toString('base64url');
}
