/**
 * The most payload that one read brings into the process. Small enough for a heap of 384 MiB and a few reads at once, large enough that
 * usual events are limited by their number: 500 of them have 250 kB.
 */
export const READ_MAX_BYTES = 4 * 1_024 * 1_024;

/** A list whose rows carry payloads, as parts of one statement. */
export interface PayloadList {
  readonly columns: string;
  /** SQL: the bytes of a row's payload, more than 0. */
  readonly bytes: string;
  /** `FROM` and, if any, `WHERE`. */
  readonly from: string;
  /** The order, in expressions of `from`. */
  readonly order: string;
  /** The same order, in names of `columns`. */
  readonly outerOrder: string;
  /** SQL: the most rows, usually a parameter; may be followed by `OFFSET`. */
  readonly limit: string;
  /** SQL: the most bytes, usually a parameter. */
  readonly maxBytes: string;
}

/** What {@link boundedByBytes} adds to each row; int8 comes as text from the driver. */
export interface ByteCount {
  /** The bytes of all rows up to and including this one. */
  readonly page_bytes: string;
}

/**
 * Makes the statement of a list that ends with the row at which its payloads reach a number of bytes.
 *
 * @remarks The first row is always in it, so a reader always gets on; it has at most `maxBytes` and one row more. The rows behind the end
 * do not leave the server. See {@link isCutByBytes}.
 */
export function boundedByBytes({ columns, bytes, from, order, outerOrder, limit, maxBytes }: PayloadList): string {
  return `
    SELECT * FROM (
      SELECT *, sum(row_bytes) OVER (ORDER BY ${outerOrder} ROWS UNBOUNDED PRECEDING) AS page_bytes
        FROM (SELECT ${columns}, ${bytes} AS row_bytes ${from} ORDER BY ${order} LIMIT ${limit}) AS listed) AS page
     WHERE page_bytes - row_bytes < ${maxBytes} ORDER BY ${outerOrder}`;
}

/** True when a list has reached its bytes: there may be more. */
export function isCutByBytes(rows: readonly ByteCount[], maxBytes: number): boolean {
  return Number(rows.at(-1)?.page_bytes ?? 0) >= maxBytes;
}

/** A part of a list. */
export interface BoundedPage<R> {
  readonly rows: readonly R[];
  /** Whether the list may go on behind the last row; after a page that was cut by its bytes the next one may be empty. */
  readonly more: boolean;
}

/**
 * Makes a page of what {@link boundedByBytes} found.
 *
 * @param found - of a statement with `limit + 1` rows, the last of which only tells that there is more
 */
export function toBoundedPage<R extends ByteCount>(found: readonly R[], limit: number, maxBytes: number): BoundedPage<R> {
  return { rows: found.slice(0, limit), more: found.length > limit || isCutByBytes(found, maxBytes) };
}
