import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ValueRule } from '../fields/value-rule.js';
import { InputError } from '../problem/input-error.js';

/** The sort key of the last row of a page: names and texts, compared by the query that reads the next page. */
export type CursorKey = Readonly<Record<string, string>>;

const MAC_BYTES = 16;
const KEY_BYTES = 32;
/** Sets the derived key apart from every other use of the same secret. */
const USE = 'zakops list cursor';

/**
 * The scope of a list: its name and the filters in force, so that a cursor is refused by another list or another filter.
 *
 * @param filters - `limit` and `cursor` do not belong here; undefined members do not count
 */
export function cursorScope(list: string, filters: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return JSON.stringify([list, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Makes the cursors of lists, and reads them back.
 *
 * @remarks A cursor carries an HMAC, so that only what a process with the same secret made is read. Its members are checked by rules all the
 * same, as those of a body are: a leaked key must not open the database.
 */
export class Cursors {
  readonly #keys: readonly Buffer[];

  /** @param secrets - the first one signs; cursors of the others are taken as well, so that a secret can be rotated */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', USE, KEY_BYTES)));
  }

  /** Makes the opaque, URL-safe text that continues a list after `key`; null on the last page. */
  write(scope: string, key: CursorKey): string;
  write(scope: string, key: CursorKey | null): string | null;
  write(scope: string, key: CursorKey | null): string | null {
    if (key === null) return null;
    const json = JSON.stringify(key);
    const [signing] = this.#keys;
    return pack(mac(signing, scope, json), json);
  }

  /**
   * Reads a cursor back.
   *
   * @param rules - what each member of the key may be; the key has these members and no other
   * @returns undefined when there is no cursor
   * @throws InputError (400 `VALIDATION_ERROR`, pointing at `cursor`) for a changed cursor, one of another list or filter, or other members
   */
  read<K extends string>(scope: string, text: string | undefined, rules: Readonly<Record<K, ValueRule>>): Record<K, string> | undefined {
    if (text === undefined) return undefined;
    const json = this.authentic(scope, text);
    const key: unknown = json === undefined ? undefined : JSON.parse(json);
    if (!hasMembers(key, rules)) {
      throw new InputError([
        { pointer: 'cursor', detail: 'is not a cursor of this list with these filters; start again without it', code: 'INVALID_CURSOR' },
      ]);
    }
    return key;
  }

  /** The JSON inside a cursor that one of the keys has signed for this scope; undefined for any other text. */
  private authentic(scope: string, text: string): string | undefined {
    const parts = unpack(text);
    if (parts === undefined) return undefined;
    const [given, json] = parts;
    // Every key is tried, so that the time does not tell which one it was.
    let isGood = false;
    for (const key of this.#keys) isGood = equal(Buffer.from(given), Buffer.from(mac(key, scope, json))) || isGood;
    // The same text again, so that a cursor has one spelling only.
    return isGood && pack(given, json) === text ? json : undefined;
  }
}

function pack(code: string, json: string): string {
  return Buffer.from(JSON.stringify([code, json])).toString('base64url');
}

function unpack(text: string): readonly [string, string] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parts)) return undefined;
    const [code, json] = parts as unknown[];
    return typeof code === 'string' && typeof json === 'string' ? [code, json] : undefined;
  } catch {
    // Not JSON: refused like every other text that we did not make.
    return undefined;
  }
}

function hasMembers<K extends string>(value: unknown, rules: Readonly<Record<K, ValueRule>>): value is Record<K, string> {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map(Object.entries(value));
  const names = Object.entries<ValueRule>(rules);
  return (
    members.size === names.length &&
    names.every(([name, rule]) => {
      const member: unknown = members.get(name);
      return typeof member === 'string' && rule.faults(member).length === 0;
    })
  );
}

function mac(key: Buffer | undefined, scope: string, json: string): string {
  if (key === undefined) throw new Error('Cursors were made without a key.');
  return createHmac('sha256', key)
    .update(JSON.stringify([scope, json]))
    .digest()
    .subarray(0, MAC_BYTES)
    .toString('base64url');
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
