import { READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { ByteCount } from '#zakops/database';

/** A part of a list, and the sort key after which the next part begins; null at the end. */
export interface Page<T, K> {
  readonly items: readonly T[];
  readonly next: K | null;
}

/**
 * Makes a page of rows that were read with a limit of one more than asked for: the extra row only shows that there is more.
 *
 * @param keyOf - the sort key of a row
 */
export function toPage<R, T, K>(rows: readonly R[], limit: number, toItem: (row: R) => T, keyOf: (row: R) => K): Page<T, K> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}

/** As {@link toPage}, of rows that were read by `boundedByBytes` with {@link READ_MAX_BYTES}. */
export function toPageOfBytes<R extends ByteCount, T, K>(
  found: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  keyOf: (row: R) => K,
): Page<T, K> {
  const { rows, more } = toBoundedPage(found, limit, READ_MAX_BYTES);
  const last = rows.at(-1);
  return { items: rows.map(toItem), next: more && last !== undefined ? keyOf(last) : null };
}
