import { prepared } from '#zakops/database';

/**
 * Comes before each portion, in its transaction.
 *
 * @remarks By statistics of a table that was empty yesterday, each portion would read the table as a whole, or all that is over and sort it.
 */
export const BY_INDEX_ORDER = prepared(`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`);

/** Rows that one transaction looks at and removes at most. */
export const MOST_ROWS = 5_000;

/** Tickets of a removed consumer that one transaction removes at most: their attempts go with them, five for each by default. */
export const MOST_TICKETS = 800;

/** $1 days, $2 limit. A delivered ticket never changes, so the place where it was seen is where it is. Its attempts stay for longer. */
export const PURGE_DELIVERED = `
  WITH chosen AS MATERIALIZED (
    SELECT ctid AS tid FROM zakops.outbox_tickets
     WHERE status = 'delivered' AND delivered_at < now() - $1 * interval '1 day'
     ORDER BY delivered_at LIMIT $2
  ), gone AS (
    DELETE FROM zakops.outbox_tickets WHERE ctid = ANY (ARRAY (SELECT tid FROM chosen)) RETURNING 1
  )
  SELECT count(*)::int AS n FROM gone`;

/** $1 limit. A ticket that changes meanwhile lies elsewhere, and goes next time. */
export const PURGE_REMOVED = `
  WITH chosen AS MATERIALIZED (
    SELECT t.tid FROM zakops.consumer_progress p CROSS JOIN LATERAL (
      (SELECT ctid AS tid FROM zakops.outbox_tickets WHERE consumer = p.consumer AND status <> 'delivered' LIMIT $1)
      UNION ALL
      (SELECT ctid FROM zakops.outbox_tickets WHERE consumer = p.consumer AND status = 'delivered' LIMIT $1)) AS t
     WHERE p.state = 'removed'
     LIMIT $1
  ), gone AS (
    DELETE FROM zakops.outbox_tickets WHERE ctid = ANY (ARRAY (SELECT tid FROM chosen)) RETURNING event_id, consumer
  ), forgotten AS (
    DELETE FROM zakops.outbox_attempts WHERE ctid = ANY (ARRAY (
      SELECT a.tid FROM gone g CROSS JOIN LATERAL (
        SELECT ctid AS tid FROM zakops.outbox_attempts WHERE event_id = g.event_id AND consumer = g.consumer OFFSET 0) AS a))
  )
  SELECT count(*)::int AS n FROM gone`;

/** $1 days, $2 limit. The rules are the function's. */
export const PURGE_EVENTS = `SELECT zakops.purge_events($1 * interval '1 day', $2)::int AS n`;

/** The settings by which swept tables are kept. */
export type SweptBy = 'retentionDays' | 'attemptRetentionDays' | 'inboxRetentionDays';

/** A table that is looked through in the order of its primary key, because no index knows the time. */
export interface SweptTable {
  readonly table: string;
  /** The setting with its days. */
  readonly days: SweptBy;
  readonly key: readonly string[];
  /** The first key of all. */
  readonly start: readonly (string | number)[];
  /** Whether a row goes; `r` is the row, $1 the days. */
  readonly isOver: string;
}

/** Whether the ticket of an attempt `r` is not delivered yet. */
export const IS_OPEN = `EXISTS (
         SELECT FROM zakops.outbox_tickets t WHERE t.event_id = r.event_id AND t.consumer = r.consumer AND t.status <> 'delivered')`;

/** What a sweep looks through. */
export const SWEPT_TABLES: readonly SweptTable[] = [
  {
    table: 'outbox_attempts',
    days: 'attemptRetentionDays',
    key: ['event_id::uuid', 'consumer::text', 'replay::smallint', 'attempt::smallint'],
    start: ['00000000-0000-0000-0000-000000000000', '', 0, 0],
    // What is still open keeps its whole history, however old.
    isOver: `(r.started_at < now() - $1 * interval '1 day' AND NOT ${IS_OPEN})
       OR EXISTS (SELECT FROM zakops.consumer_progress p WHERE p.consumer = r.consumer AND p.state = 'removed')`,
  },
  {
    table: 'outbox_history',
    days: 'retentionDays',
    key: ['event_id::uuid', 'consumer::text'],
    start: ['00000000-0000-0000-0000-000000000000', ''],
    isOver: `coalesce(r.delivered_at, r.created_at) < now() - $1 * interval '1 day'`,
  },
  {
    table: 'inbox',
    days: 'inboxRetentionDays',
    key: ['consumer::text', 'event_id::uuid'],
    start: ['', '00000000-0000-0000-0000-000000000000'],
    isOver: `r.processed_at < now() - $1 * interval '1 day'`,
  },
];

/** $1 days, $2 limit, then the key after which to look. Gives how many were removed and seen, and the last key. */
export function sweepStatement({ table, key, isOver }: SweptTable): string {
  const columns = key.map((part) => part.slice(0, part.indexOf(':')));
  const after = key.map((part, n) => `$${String(n + 3)}${part.slice(part.indexOf(':'))}`);
  const names = columns.join(', ');
  return `
  WITH portion AS MATERIALIZED (
    SELECT ctid AS tid, ${names}, ${isOver} AS is_over
      FROM zakops.${table} r WHERE (${names}) > (${after.join(', ')}) ORDER BY ${names} LIMIT $2
  ), gone AS (
    DELETE FROM zakops.${table} WHERE ctid = ANY (ARRAY (SELECT tid FROM portion WHERE is_over)) RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone)::int AS removed, (SELECT count(*) FROM portion)::int AS seen,
         (SELECT json_build_array(${names}) FROM portion ORDER BY ${columns.map((name) => `${name} DESC`).join(', ')} LIMIT 1) AS last`;
}
