import { prepared } from '#zakops/database';
import { IS_DUE } from '../tickets/ticket-statements.js';
import { IN_FORCE, IN_FORCE_AT_ONCE } from './pause-columns.js';

/**
 * A held ticket is due at the end of its pause, but never later than this. A due time that is more than an hour ahead counts as one from
 * before the clock was set back. A ticket that comes due before its pause ends is held again.
 */
const LONGEST_HOLD = `interval '55 minutes'`;

/** Tickets that one statement holds or releases. */
export const HELD_AT_A_TIME = 1_000;

// Shared with each other. An operator who ends a pause waits for the commit of those who hold by it, which takes milliseconds; those who
// come later find it ended. So no ticket is held by a pause that its release has passed.
const PAUSES = `
  SELECT p.id, p.pattern, p.stream, p.ends_at FROM zakops.delivery_pauses p
   WHERE p.released_at IS NULL AND p.scope IN ('event_type', 'aggregate') AND ${IN_FORCE_AT_ONCE}
     FOR SHARE`;

const DUE_AT_END = `least(p.ends_at, now() + ${LONGEST_HOLD})`;

/** Tickets of paused events that the cursor passes; due at once when their pause has just been ended. */
export const PARK_HELD = prepared(`
  WITH pauses AS MATERIALIZED (${PAUSES}
  ), given AS (
    SELECT g.event_id, g.ordinal, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id) AS stream
      FROM unnest($2::uuid[], $3::bigint[]) AS g(event_id, ordinal) JOIN zakops.events e ON e.id = g.event_id
  )
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, held_by)
  SELECT g.event_id, $1, g.ordinal, g.type, g.stream, 'pending', 0, CASE WHEN p.id IS NULL THEN now() ELSE ${DUE_AT_END} END, p.id
    FROM given g
    LEFT JOIN LATERAL (
      SELECT * FROM pauses WHERE g.type ~ pattern OR g.stream = pauses.stream ORDER BY ends_at DESC, id LIMIT 1) AS p ON true
  ON CONFLICT DO NOTHING`);

/**
 * Puts due tickets off that a pause holds, and those that wait behind such a ticket: otherwise they would be looked at again with every
 * batch, and hide others that are due.
 */
export const HOLD_DUE = prepared(`
  WITH pauses AS MATERIALIZED (${PAUSES}
  ), due AS MATERIALIZED (
    SELECT event_id, ordinal, event_type, stream FROM zakops.outbox_tickets
     WHERE consumer = $1 AND status IN ('pending', 'failed') AND due_at IS NOT NULL AND ${IS_DUE}
     ORDER BY due_at LIMIT ${String(HELD_AT_A_TIME)}
  ), held AS MATERIALIZED (
    SELECT d.event_id, p.id, ${DUE_AT_END} AS due_at
      FROM due d
      CROSS JOIN LATERAL (
        SELECT * FROM pauses
         WHERE d.event_type ~ pauses.pattern OR d.stream = pauses.stream OR EXISTS (
           SELECT FROM zakops.outbox_tickets e
            WHERE e.consumer = $1 AND e.stream = d.stream AND e.status <> 'delivered' AND (e.status <> 'dead' OR e.event_type ~ $2)
              AND e.ordinal < d.ordinal AND e.event_type ~ pauses.pattern)
         ORDER BY ends_at DESC, id LIMIT 1) AS p
  ), locked AS MATERIALIZED (
    SELECT event_id FROM zakops.outbox_tickets
     WHERE consumer = $1 AND event_id = ANY (ARRAY (SELECT event_id FROM held)) AND status IN ('pending', 'failed')
       FOR UPDATE SKIP LOCKED
  ), put_off AS (
    UPDATE zakops.outbox_tickets t SET due_at = h.due_at, held_by = h.id
      FROM held h WHERE t.consumer = $1 AND t.event_id = h.event_id AND h.event_id IN (SELECT event_id FROM locked)
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM put_off`);

/** Pauses that are in force, and those that are over and may still hold tickets. */
export const OPEN_PAUSES = prepared(`
  SELECT p.id, p.scope, p.consumer, p.event_type, p.aggregate_type, p.aggregate_id, p.stream::text AS stream, ${IN_FORCE} AS in_force
    FROM zakops.delivery_pauses p WHERE p.released_at IS NULL`);

/** What is locked is in a consumer's hand, and goes with it, or is released by the next call. */
export const RELEASE = prepared(`
  WITH freed AS (
    UPDATE zakops.outbox_tickets SET due_at = now(), held_by = NULL
     WHERE ctid = ANY (ARRAY (
       SELECT ctid FROM zakops.outbox_tickets
        WHERE held_by = $1 AND status IN ('pending', 'failed') LIMIT ${String(HELD_AT_A_TIME)} FOR UPDATE SKIP LOCKED))
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM freed`);

/** The lock waits for those who hold tickets by this pause; a statement of its own, so that the next one sees what they have held. */
export const LOCK_OVER = prepared(`
  SELECT 1 AS is FROM zakops.delivery_pauses p WHERE p.id = $1 AND p.released_at IS NULL AND NOT ${IN_FORCE} FOR UPDATE`);

/** Notes that an ended pause holds nothing any more. */
export const NOTE_RELEASED = prepared(`
  UPDATE zakops.delivery_pauses SET released_at = now()
   WHERE id = $1 AND NOT EXISTS (SELECT FROM zakops.outbox_tickets WHERE held_by = $1 AND status IN ('pending', 'failed'))`);
