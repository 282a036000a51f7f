import { prepared } from '#zakops/database';
import type { PreparedStatement, Transaction } from '#zakops/database';

/**
 * Has the statements that follow in the transaction planned for their indexes.
 *
 * @remarks The table of tickets is empty most of the time, and statistics of an empty table would have a whole table read for each aggregate
 * on the day when everything fails.
 */
export const BY_INDEX = prepared('SET LOCAL enable_seqscan = off');
const AS_BEFORE = prepared('SET LOCAL enable_seqscan = DEFAULT');

/** Runs one statement that is planned for its indexes; one round trip. */
export async function byIndex<R extends object>(
  tx: Transaction,
  statement: PreparedStatement,
  values: readonly unknown[],
): Promise<readonly R[]> {
  const [, rows] = await Promise.all([tx.query(BY_INDEX), tx.query<R>(statement, values), tx.query(AS_BEFORE)]);
  return rows;
}
