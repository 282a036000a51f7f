import { decodeCursor, InputError } from '#zakops/http';

type Check = (text: string) => boolean;

/** What the members of a cursor's key may be. A checksum is no signature: what comes back must not reach the database unread. */
export const CURSOR_CHECKS = {
  wholeNumber: (text) => /^-?\d{1,18}$/.test(text),
  fraction: (text) => text !== '' && Number(text) >= 0 && Number(text) <= 1,
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  dealId: (text) => /^DEAL-\d{6,18}$/.test(text),
  instant: (text) => {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) ? Date.parse(text) : Number.NaN;
    // 31 February is read as 3 March.
    return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19);
  },
} as const satisfies Record<string, Check>;

/**
 * Reads the key out of a cursor.
 *
 * @returns undefined when there is no cursor
 * @throws InputError for a cursor that this list did not make
 */
export function readCursor<K extends string>(
  scope: string,
  cursor: string | undefined,
  checks: Record<K, Check>,
): Record<K, string> | undefined {
  if (cursor === undefined) return undefined;
  const key = decodeCursor(scope, cursor);
  for (const [name, check] of Object.entries<Check>(checks)) {
    const value = key[name];
    if (typeof value !== 'string' || !check(value)) {
      throw new InputError([{ pointer: 'cursor', detail: 'is not a cursor of this list', code: 'INVALID_CURSOR' }]);
    }
  }
  return key as Record<K, string>;
}
