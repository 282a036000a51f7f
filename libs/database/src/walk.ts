/** When a walk through a list began: which transactions its first page did not see. */
export interface WalkBegin {
  /** By the clock of the database; ISO 8601 with microseconds. */
  readonly at: string;
  /** No transaction with this id or a later one had ended. */
  readonly nextXid: string;
  /** The ids below it that had not ended either, separated by commas; at most 32. */
  readonly running: string;
}

/** {@link walkBegin} as columns of a row. */
export interface WalkBeginColumns {
  readonly walk_at: string;
  readonly walk_next_xid: string;
  readonly walk_running: string;
}

/** More ids than this do not go into a cursor: then everything from the oldest one on counts as unseen, and some rows come twice. */
const MOST_RUNNING = 32;

const RUNNING = `split_part(pg_current_snapshot()::text, ':', 3)`;
/**
 * SQL: the columns of {@link WalkBeginColumns}, for the first page of a walk.
 *
 * @param most - how many running transactions are named
 */
export function walkBegin(most = MOST_RUNNING): string {
  const fits = `cardinality(string_to_array(${RUNNING}, ',')) <= ${String(most)}`;
  // Each a query of its own: computed once, and not for every row.
  return `
  (SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS walk_at,
  (SELECT CASE WHEN ${fits} THEN pg_snapshot_xmax(pg_current_snapshot()) ELSE pg_snapshot_xmin(pg_current_snapshot()) END)::text AS walk_next_xid,
  (SELECT CASE WHEN ${fits} THEN ${RUNNING} ELSE '' END) AS walk_running`;
}

/** Reads {@link walkBegin} back. */
export function toWalkBegin(row: WalkBeginColumns): WalkBegin {
  return { at: row.walk_at, nextXid: row.walk_next_xid, running: row.walk_running };
}

/**
 * Writes the condition that the first page of a walk did not see this version of a row.
 *
 * @remarks Times cannot tell: one that lies before the walk may be committed after its first page. A row knows the lower half of its
 * transaction's id; the other half follows from the next id, as long as fewer than 2^32 ids lie between. The row has to be written by a
 * transaction itself and not below a savepoint, whose ids no snapshot lists.
 * @param table - the alias of the table
 * @param begin - the placeholders of the parameters
 */
export function unseenByWalk(table: string, begin: { readonly nextXid: string; readonly running: string }): string {
  const next = '(SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint)';
  const xid = `(${next} - ((${next} - ${table}.xmin::text::bigint) & 4294967295))`;
  return `(${xid} >= ${begin.nextXid}::bigint OR ${xid} = ANY (string_to_array(${begin.running}, ',')::bigint[]))`;
}
