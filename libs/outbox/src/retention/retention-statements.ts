/** Rows that one transaction looks at and removes at most. */
export const MOST_ROWS = 5_000;

/** Tickets that one transaction removes at most: their attempts go with them, five for each by default. */
export const MOST_TICKETS = 800;

const WITH_ATTEMPTS = (chosen: string): string => `
  WITH chosen AS MATERIALIZED (${chosen}
  ), gone AS (
    DELETE FROM zakops.outbox_tickets WHERE ctid = ANY (ARRAY (SELECT tid FROM chosen)) RETURNING event_id, consumer
  ), forgotten AS (
    DELETE FROM zakops.outbox_attempts WHERE ctid = ANY (ARRAY (
      SELECT a.tid FROM gone g CROSS JOIN LATERAL (
        SELECT ctid AS tid FROM zakops.outbox_attempts WHERE event_id = g.event_id AND consumer = g.consumer OFFSET 0) AS a))
  )
  SELECT count(*)::int AS n FROM gone`;

/** $1 days, $2 limit. A delivered ticket never changes, so the place where it was seen is where it is. */
export const PURGE_DELIVERED = WITH_ATTEMPTS(`
    SELECT ctid AS tid FROM zakops.outbox_tickets
     WHERE status = 'delivered' AND delivered_at < now() - $1 * interval '1 day'
     ORDER BY delivered_at LIMIT $2`);

/** $1 limit. A ticket that changes meanwhile lies elsewhere, and goes next time. */
export const PURGE_REMOVED = WITH_ATTEMPTS(`
    SELECT t.tid FROM zakops.consumer_progress p CROSS JOIN LATERAL (
      (SELECT ctid AS tid FROM zakops.outbox_tickets WHERE consumer = p.consumer AND status <> 'delivered' LIMIT $1)
      UNION ALL
      (SELECT ctid FROM zakops.outbox_tickets WHERE consumer = p.consumer AND status = 'delivered' LIMIT $1)) AS t
     WHERE p.state = 'removed'
     LIMIT $1`);

/** $1 days, $2 limit. */
export const PURGE_ARCHIVE = `
  WITH gone AS (
    DELETE FROM zakops.dead_letter_archive WHERE entry_id = ANY (ARRAY (
      SELECT entry_id FROM zakops.dead_letter_archive WHERE archived_at < now() - $1 * interval '1 day' ORDER BY archived_at, entry_id LIMIT $2))
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM gone`;

/** $1 days, $2 limit. The rules are the function's. */
export const PURGE_EVENTS = `SELECT zakops.purge_events($1 * interval '1 day', $2)::int AS n`;

/** A table that is looked through in the order of its primary key, because no index knows the time. */
export interface SweptTable {
  readonly table: string;
  readonly key: readonly string[];
  /** The first key of all. */
  readonly start: readonly (string | number)[];
  /** Whether a row goes; `r` is the row, $1 the days. */
  readonly isOver: string;
}

/** What a sweep looks through. */
export const SWEPT_TABLES: readonly SweptTable[] = [
  {
    table: 'outbox_attempts',
    key: ['event_id::uuid', 'consumer::text', 'replay::smallint', 'attempt::smallint'],
    start: ['00000000-0000-0000-0000-000000000000', '', 0, 0],
    isOver: `$1::int IS NOT NULL
       AND NOT EXISTS (SELECT FROM zakops.outbox_tickets t WHERE t.event_id = r.event_id AND t.consumer = r.consumer)
       AND NOT EXISTS (SELECT FROM zakops.outbox_history h WHERE h.event_id = r.event_id AND h.consumer = r.consumer)`,
  },
  {
    table: 'outbox_history',
    key: ['event_id::uuid', 'consumer::text'],
    start: ['00000000-0000-0000-0000-000000000000', ''],
    isOver: `coalesce(r.delivered_at, r.created_at) < now() - $1 * interval '1 day'`,
  },
  {
    table: 'inbox',
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
