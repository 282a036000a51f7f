import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';
import { TICKETS } from '../tickets/ticket-table.js';
import { needsEvents, deadLetterCondition, DEAD_LETTER_ID, FAILED_AT } from './dead-letter-filter.js';
import type { DeadLetterFilter } from './dead-letter-filter.js';

/** What is done with dead letters. */
export type DeadLetterChange = 'redrive' | 'discard';

/** The place of a dead letter in the order of a walk; int8 as text. */
export interface DeadLetterPlace {
  readonly consumer: string;
  readonly stream: string;
  readonly ordinal: string;
}

/** A statement with its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** The dead letters that one portion looks at: about 0.2 s, at 300,000 dead letters beside 3,000,000 delivered tickets. */
export const PORTION = 2_500;

/**
 * Makes the rest of the transaction read ordered rows from the index that has this order.
 *
 * @remarks The planner's statistics do not count tickets that died a minute ago. It then expects one row, reads a whole index of dead
 * tickets, and sorts it: again for each portion.
 */
export const KEEP_INDEX_ORDER = `SELECT set_config('enable_sort', 'off', true)`;

// Lateral and limited: each event is looked up by its key, whatever number of tickets the planner expects.
const EVENT_BY_KEY = `
      JOIN LATERAL (SELECT correlation_id, aggregate_type, aggregate_id FROM zakops.events WHERE id = o.event_id LIMIT 1) e ON true`;

const LAST_ORDINAL = '9223372036854775807';

const CHANGED = `${DEAD_LETTER_ID} AS "id", o.event_id AS "eventId", o.consumer, o.stream::text AS stream`;

// A redriven ticket waits until `ticketsChanged` makes the first one of each stream due: many of one stream that were due at the same time
// would hide those of others, while the first of them fails again.
//
// The caller has locked these rows and seen that they are dead. Asking for the state once more would offer the planner the indexes of
// dead tickets, and it would take one instead of the key.
const CHANGES: Readonly<Record<DeadLetterChange, (which: string) => string>> = {
  redrive: (which) => `changed AS (
    UPDATE ${TICKETS} o
       SET status = ${sqlTo('redrive')}, attempts = 0, replay_count = least(o.replay_count + 1, 32767), due_at = NULL,
           owner = NULL, lease_until = NULL, fence = NULL, reason_code = NULL, last_error = NULL,
           fingerprint = NULL
     WHERE ${which}
    RETURNING ${CHANGED}
  )`,
  discard: (which) => `changed AS (
    DELETE FROM ${TICKETS} o WHERE ${which} RETURNING ${CHANGED}
  ), forgotten AS (
    DELETE FROM zakops.outbox_attempts a USING changed c WHERE a.event_id = c."eventId" AND a.consumer = c.consumer
  )`,
};

/**
 * Locks the ticket that is the dead letter of this id; waits for a session that holds it, and answers the state afterwards.
 *
 * @remarks It asks for the first id from this one on, not for an equal id: only an order makes the planner use the index of the ids.
 */
export const LOCK_ONE = `
  WITH first AS MATERIALIZED (
    SELECT o.event_id, o.consumer, ${DEAD_LETTER_ID} AS id FROM ${TICKETS} o
     WHERE o.status = 'dead' AND ${DEAD_LETTER_ID} >= $1::uuid
     ORDER BY ${DEAD_LETTER_ID} LIMIT 1
  )
  SELECT o.event_id AS "eventId", o.consumer, o.status IN (${sqlFrom('redrive')}) AS "isDead"
    FROM first f JOIN ${TICKETS} o ON o.event_id = f.event_id AND o.consumer = f.consumer
   WHERE f.id = $1::uuid
     FOR UPDATE OF o`;

/** Changes the ticket that {@link LOCK_ONE} has locked; parameters are its event and consumer. */
export function changeOne(change: DeadLetterChange): string {
  return `WITH ${CHANGES[change]('o.event_id = $1 AND o.consumer = $2')} SELECT * FROM changed`;
}

/**
 * Changes those that fit of the next dead letters after a place. What others hold is skipped, and with it its stream.
 *
 * @remarks The walk follows the index of dead tickets by stream, so those of one stream come in their order. One place is all that a walk
 * has to remember, and no portion reads again what an earlier one has changed. A ticket is named by its ctid from the look to the change.
 * A ticket that has moved in between is not found by it, and counts as held.
 */
export function changePortion(change: DeadLetterChange, filter: DeadLetterFilter, after: DeadLetterPlace | undefined): Sql {
  const parameters: unknown[] = [];
  const given = (value: string): string => `$${String(parameters.push(value))}`;
  const rest =
    after === undefined
      ? ''
      : ` AND (o.consumer, o.stream, o.ordinal) > (${given(after.consumer)}::text, ${given(after.stream)}::bigint, ${given(after.ordinal)}::bigint)`;
  const ofConsumer = filter.consumer === undefined ? '' : ` AND o.consumer = ${given(filter.consumer)}`;
  const text = `
  WITH seen AS MATERIALIZED (
    SELECT o.ctid AS tid, o.* FROM ${TICKETS} o
     WHERE o.status = 'dead'${ofConsumer}${rest}
     ORDER BY o.consumer, o.stream, o.ordinal LIMIT ${String(PORTION)}
  ), fitting AS MATERIALIZED (
    SELECT o.tid, o.consumer, o.stream FROM seen o${needsEvents(filter) ? EVENT_BY_KEY : ''} WHERE ${deadLetterCondition(filter, parameters)}
  ), locked AS MATERIALIZED (
    SELECT o.ctid AS tid, o.status FROM ${TICKETS} o WHERE o.ctid = ANY (ARRAY (SELECT tid FROM fitting)) FOR UPDATE SKIP LOCKED
  ), held AS MATERIALIZED (
    SELECT consumer, stream FROM fitting WHERE tid NOT IN (SELECT tid FROM locked WHERE status IN (${sqlFrom('redrive')}))
  ), chosen AS MATERIALIZED (
    SELECT tid FROM fitting WHERE (consumer, stream) NOT IN (SELECT consumer, stream FROM held)
  ), ${CHANGES[change]('o.ctid = ANY (ARRAY (SELECT tid FROM chosen))')}, last AS (
    SELECT consumer, stream, ordinal FROM seen ORDER BY consumer DESC, stream DESC, ordinal DESC LIMIT 1
  )
  SELECT (SELECT count(*)::int FROM fitting) AS fitting,
         (SELECT coalesce(json_agg(changed), '[]') FROM changed) AS changed,
         (SELECT json_build_object('consumer', consumer, 'stream', stream::text, 'ordinal',
                   CASE WHEN (consumer, stream) IN (SELECT consumer, stream FROM held) THEN '${LAST_ORDINAL}' ELSE ordinal::text END)
            FROM last WHERE (SELECT count(*) FROM seen) = ${String(PORTION)}) AS next`;
  return { text, parameters };
}

/** An instant after the last failure of every dead letter, also when the clock of the database was set back since. */
export const AFTER_EVERY_FAILURE = `
  SELECT to_char((greatest(now(), (SELECT ${FAILED_AT} FROM ${TICKETS} o WHERE o.status = 'dead' ORDER BY ${FAILED_AT} DESC LIMIT 1))
                  + interval '1 microsecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS instant`;
