import { EVENT_DATA_BYTES, prepared } from '#zakops/database';
import { sqlFrom, sqlTo } from './ticket-status.js';

/**
 * No retry waits longer than this. A ticket that is due later was written before the clock of the database stepped back, and is due now.
 */
const LONGEST_WAIT = `interval '1 hour'`;

/** SQL that is true for a ticket whose due time has come. */
export const IS_DUE = `(due_at <= now() OR due_at > now() + ${LONGEST_WAIT})`;

/** One aggregate must not fill a batch alone. */
const MOST_OF_A_STREAM = 100;

/**
 * Each aggregate is looked up by the index, however many tickets there are and however old the statistics: what is ordered and limited cannot be
 * planned as one look at all tickets of the consumer. Most aggregates have no ticket, and that takes one look.
 */
export const STREAMS = prepared(`
  SELECT s.n::int AS n, open.is IS NOT NULL AS "isHeld"
    FROM (SELECT n, zakops.stream_of(type, id) AS stream FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS of_event(type, id, n)) AS s
    CROSS JOIN LATERAL (
      SELECT 1 AS is FROM zakops.outbox_tickets t
       WHERE t.consumer = $1 AND t.stream = s.stream AND t.status <> 'delivered'
       ORDER BY t.ordinal LIMIT 1) AS first
    LEFT JOIN LATERAL (
      SELECT 1 AS is FROM zakops.outbox_tickets t
       WHERE t.consumer = $1 AND t.stream = s.stream AND t.status <> 'delivered' AND (t.status <> 'dead' OR t.event_type ~ $4)
       ORDER BY t.ordinal LIMIT 1) AS open ON true`);

const FAILURES = (parameter: string): string => `
    SELECT * FROM jsonb_to_recordset(${parameter}::jsonb) AS f(event_id uuid, ordinal bigint, status text, attempt smallint, replay smallint,
           delay float8, reason_code text, error text, duration_ms integer, fingerprint text, error_class text, sql_state text, table_name text,
           constraint_name text, frame text, message text, worker text, event_trace_id text, attempt_trace_id text)`;

/** SQL: the number of the next attempt of a ticket, over all redrives. Attempts of version 0.4.0 have none, and are counted. */
export function nextAttemptNumber(eventId: string, consumer: string): string {
  return `1 + (SELECT greatest(coalesce(max(a.number), 0), count(*)) FROM zakops.outbox_attempts a
                WHERE a.event_id = ${eventId} AND a.consumer = ${consumer})`;
}

const NOTE_ATTEMPTS = `
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, number, started_at, duration_ms, reason_code, error, fingerprint,
                                        error_class, sql_state, table_name, constraint_name, frame, message, worker, event_trace_id,
                                        attempt_trace_id)
    SELECT event_id, $1, replay, attempt, ${nextAttemptNumber('f.event_id', '$1')}, now() - duration_ms * interval '1 ms', duration_ms,
           reason_code, error, fingerprint, error_class, sql_state, table_name, constraint_name, frame, message, worker, event_trace_id,
           attempt_trace_id
      FROM failures f
    ON CONFLICT DO NOTHING`;

/** Tickets of what has failed at the cursor, and of what waits behind other tickets. */
export const PARK = prepared(`
  WITH failures AS MATERIALIZED (${FAILURES('$2')}
  ), attempted AS (${NOTE_ATTEMPTS}
  ), parked AS (
    SELECT event_id, ordinal, status, attempt, now() + delay * interval '1 second' AS due_at, reason_code, error, fingerprint,
           now() AS tried_at
      FROM failures
    UNION ALL
    SELECT b.event_id, b.ordinal, 'pending', 0, NULL, NULL, NULL, NULL, NULL FROM unnest($3::uuid[], $4::bigint[]) AS b(event_id, ordinal)
  )
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, reason_code, last_error,
                                     fingerprint, first_failed_at, last_attempt_at)
  SELECT p.event_id, $1, p.ordinal, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), p.status, p.attempt, p.due_at,
         p.reason_code, p.error, p.fingerprint, p.tried_at, p.tried_at
    FROM parked p JOIN zakops.events e ON e.id = p.event_id
  ON CONFLICT DO NOTHING`);

/**
 * From the due tickets to their aggregates, and from each aggregate to the run of tickets at its beginning that may be delivered. So what
 * waits behind a failed ticket is not even looked at, and a redriven ticket comes before what failed after it. What has failed before is
 * tried alone: its followers would be read in vain if it fails again. A ticket that this worker has marked comes before all others.
 */
export const DUE = prepared(due(`status = 'pending' OR (status = 'failed' AND ${IS_DUE}) OR (status = 'processing' AND fence = $2)`));

/** As {@link DUE}, without what is paused: event types that fit one of $6, aggregates of $7. What is in hand is finished. */
export const DUE_BESIDE_PAUSES = prepared(
  due(`(status = 'processing' AND fence = $2)
         OR ((status = 'pending' OR (status = 'failed' AND ${IS_DUE})) AND NOT (event_type ~ ANY ($6::text[]) OR stream = ANY ($7::bigint[])))`),
);

/** @param isFree - SQL that is true for a ticket that may be delivered, when those before it are */
function due(isFree: string): string {
  return `
  WITH own AS MATERIALIZED (
    SELECT stream FROM zakops.outbox_tickets WHERE consumer = $1 AND status = 'processing' AND fence = $2
  ), streams AS MATERIALIZED (
    SELECT stream FROM own
    UNION
    SELECT stream FROM (
      SELECT stream FROM zakops.outbox_tickets
       WHERE consumer = $1 AND status IN ('pending', 'failed') AND due_at IS NOT NULL AND ${IS_DUE}
       ORDER BY due_at LIMIT $3) AS due
     WHERE NOT EXISTS (SELECT FROM own)
  ), first AS MATERIALIZED (
    SELECT t.* FROM streams s CROSS JOIN LATERAL (
      SELECT event_id, ordinal, stream, bool_and(is_free) OVER so_far
             AND NOT coalesce(bool_or(status <> 'pending') OVER (so_far ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS is_free
        FROM (SELECT event_id, ordinal, stream, status,
                     ${isFree} AS is_free
                FROM zakops.outbox_tickets
               WHERE consumer = $1 AND stream = s.stream AND status <> 'delivered' AND (status <> 'dead' OR event_type ~ $4)
               ORDER BY ordinal LIMIT ${String(MOST_OF_A_STREAM)}) AS of_stream
      WINDOW so_far AS (ORDER BY ordinal)) AS t
     WHERE t.is_free
     ORDER BY t.ordinal LIMIT $3
  ), sized AS MATERIALIZED (
    SELECT f.*, sum(${EVENT_DATA_BYTES}) OVER (ORDER BY f.ordinal) AS bytes, row_number() OVER (ORDER BY f.ordinal) AS n
      FROM first f JOIN zakops.events e ON e.id = f.event_id
  ), chosen AS MATERIALIZED (
    SELECT * FROM sized WHERE bytes <= $5 OR n = 1
  ), locked AS MATERIALIZED (
    SELECT event_id, ordinal, stream, replay_count, CASE status WHEN 'processing' THEN attempts - 1 ELSE attempts END AS attempts
      FROM zakops.outbox_tickets
     WHERE consumer = $1 AND event_id = ANY (ARRAY (SELECT event_id FROM chosen)) AND status IN (${sqlFrom('deliver')})
       FOR UPDATE SKIP LOCKED
  ), skipped AS MATERIALIZED (
    SELECT stream, min(ordinal) AS ordinal FROM chosen WHERE event_id NOT IN (SELECT event_id FROM locked) GROUP BY stream
  )
  SELECT l.event_id, l.attempts, l.replay_count, (SELECT changes FROM zakops.consumer_progress WHERE consumer = $1) AS changes,
         EXISTS (SELECT FROM zakops.outbox_tickets f
                  WHERE f.consumer = $1 AND f.stream = l.stream AND f.status = 'dead' AND f.ordinal < l.ordinal) AS gap
    FROM locked l
   WHERE NOT EXISTS (SELECT FROM skipped k WHERE k.stream = l.stream AND k.ordinal < l.ordinal)
   ORDER BY l.ordinal`;
}

/** The row of the consumer stays locked until the end, so that a worker that takes over meanwhile sees the mark or prevents it. */
export const BEGIN = `
  WITH mine AS MATERIALIZED (
    SELECT FROM zakops.consumer_progress WHERE consumer = $1 AND fence = $2 AND state = 'active' FOR SHARE
  ), begun AS (
    UPDATE zakops.outbox_tickets SET status = ${sqlTo('begin')}, attempts = $4, fence = $2, last_attempt_at = now()
     WHERE consumer = $1 AND event_id = $3 AND EXISTS (SELECT FROM mine)
       AND ((status IN (${sqlFrom('begin')}) AND attempts = $4 - 1) OR (status = 'processing' AND fence = $2 AND attempts = $4))
    RETURNING 1
  )
  SELECT 1 FROM begun`;

export const GIVE_BACK = `
  UPDATE zakops.outbox_tickets
     SET status = ${sqlTo('giveBack')}, attempts = greatest(attempts - 1, 0), fence = NULL, due_at = now()
   WHERE consumer = $1 AND status IN (${sqlFrom('giveBack')}) AND fence = $2`;

/** A ticket that never failed is deleted; one that failed is kept as delivered, so that its history can be read. */
export const FINISH = prepared(`
  WITH failures AS MATERIALIZED (${FAILURES('$2')}
  ), attempted AS (${NOTE_ATTEMPTS}
  ), failed AS (
    UPDATE zakops.outbox_tickets t
       SET status = f.status, attempts = f.attempt, due_at = now() + f.delay * interval '1 second', reason_code = f.reason_code,
           last_error = f.error, fingerprint = f.fingerprint, last_attempt_at = now(), first_failed_at = coalesce(t.first_failed_at, now()),
           fence = NULL, owner = NULL, lease_until = NULL, held_by = NULL
      FROM failures f
     WHERE t.consumer = $1 AND t.event_id = f.event_id AND t.status IN (${sqlFrom('fail')})
  ), gone AS (
    DELETE FROM zakops.outbox_tickets
     WHERE consumer = $1 AND event_id = ANY ($3::uuid[]) AND status IN (${sqlFrom('deliver')}) AND first_failed_at IS NULL
  ), delivered AS (
    UPDATE zakops.outbox_tickets
       SET status = ${sqlTo('deliver')}, attempts = attempts + CASE status WHEN 'processing' THEN 0 ELSE 1 END, delivered_at = now(),
           last_attempt_at = now(), reason_code = NULL, last_error = NULL, fingerprint = NULL, fence = NULL, owner = NULL, lease_until = NULL, held_by = NULL
     WHERE consumer = $1 AND event_id = ANY ($3::uuid[]) AND status IN (${sqlFrom('deliver')}) AND first_failed_at IS NOT NULL
  )
  UPDATE zakops.outbox_tickets SET due_at = NULL, held_by = NULL
   WHERE consumer = $1 AND event_id = ANY ($4::uuid[]) AND status = 'pending' AND due_at IS NOT NULL`);

/** A statement of its own after the one that changes the tickets, because it must see those changes. */
export const PROMOTE = prepared(`
  SELECT zakops.promote_waiting($1, ARRAY (SELECT DISTINCT zakops.stream_of(s.type, s.id) FROM unnest($2::text[], $3::text[]) AS s(type, id)), $4)`);
