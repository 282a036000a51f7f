import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';
import { TICKETS } from '../tickets/ticket-table.js';
import { asksOfEvents, deadTicketCondition, ENTRY_ID, FAILED_AT } from './dead-ticket-filter.js';
import type { DeadTicketFilter } from './dead-ticket-filter.js';

/** What is done with dead tickets. */
export type DeadTicketChange = 'redrive' | 'discard';

/** The place of a ticket in the order in which a walk visits dead tickets; int8 as text. */
export interface DeadTicketPlace {
  readonly consumer: string;
  readonly stream: string;
  readonly ordinal: string;
}

/** A statement with its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** The dead tickets that one portion looks at: about 0.2 s, at 300,000 dead tickets beside 3,000,000 delivered ones. */
export const PORTION = 2_500;

/**
 * Makes the rest of the transaction read ordered rows from the index that has this order.
 *
 * @remarks Statistics know nothing of tickets that died a minute ago. The planner expects one row then, reads any index of dead tickets
 * as a whole, and sorts: for each portion again.
 */
export const KEEP_INDEX_ORDER = `SELECT set_config('enable_sort', 'off', true)`;

// Lateral and limited: each event is looked up by its key, whatever the planner thinks of the number of tickets.
const EVENT_BY_KEY = `
      JOIN LATERAL (SELECT correlation_id, aggregate_type, aggregate_id FROM zakops.events WHERE id = o.event_id LIMIT 1) e ON true`;

const LAST_ORDINAL = '9223372036854775807';

const CHANGED = `${ENTRY_ID} AS "entryId", o.event_id AS "eventId", o.consumer, o.stream::text AS stream`;

// A redriven ticket waits until `ticketsChanged` makes the first one of each stream due: many of one stream that were due at the same time
// would hide those of others, while the first of them fails again.
//
// The caller has locked these rows and seen that they are dead. Asking for the state once more would offer the planner the indexes of
// dead tickets, and it would take one instead of the key.
const CHANGES: Readonly<Record<DeadTicketChange, (which: string) => string>> = {
  redrive: (which) => `changed AS (
    UPDATE ${TICKETS} o
       SET status = ${sqlTo('redrive')}, attempts = 0, replay_count = least(o.replay_count + 1, 32767), due_at = NULL,
           owner = NULL, lease_until = NULL, fence = NULL, reason_code = NULL, last_error = NULL
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
 * Finds the ticket that is the dead letter of this id, and locks it; waits for a session that holds it, and answers the state afterwards.
 *
 * @remarks "The first from here on" and not "the one with this id": only an order binds the planner to the index of the ids.
 */
export const LOCK_ONE = `
  WITH first AS MATERIALIZED (
    SELECT o.event_id, o.consumer, ${ENTRY_ID} AS entry_id FROM ${TICKETS} o
     WHERE o.status = 'dead' AND ${ENTRY_ID} >= $1::uuid
     ORDER BY ${ENTRY_ID} LIMIT 1
  )
  SELECT o.event_id AS "eventId", o.consumer, o.status IN (${sqlFrom('redrive')}) AS "isDead"
    FROM first f JOIN ${TICKETS} o ON o.event_id = f.event_id AND o.consumer = f.consumer
   WHERE f.entry_id = $1::uuid
     FOR UPDATE OF o`;

/** Changes the ticket that {@link LOCK_ONE} has locked; parameters are its event and consumer. */
export function changeOne(change: DeadTicketChange): string {
  return `WITH ${CHANGES[change]('o.event_id = $1 AND o.consumer = $2')} SELECT * FROM changed`;
}

/**
 * Changes those that fit of the next dead tickets after a place. What others hold is skipped, and with it its stream.
 *
 * @remarks The walk follows the index of dead tickets by stream: those of one stream come one after the other, in their order. So one
 * place is all that has to be remembered, and no portion reads again what an earlier one has changed. A ticket is named by ctid from
 * the look to the change; one that has moved in between is not found by it, and counts as held.
 */
export function changePortion(change: DeadTicketChange, filter: DeadTicketFilter, after: DeadTicketPlace | undefined): Sql {
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
    SELECT o.tid, o.consumer, o.stream FROM seen o${asksOfEvents(filter) ? EVENT_BY_KEY : ''} WHERE ${deadTicketCondition(filter, parameters)}
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

/** An instant after the last failure of every ticket that is dead now; also when the clock of the database was set back since. */
export const AFTER_EVERY_FAILURE = `
  SELECT to_char((greatest(now(), (SELECT ${FAILED_AT} FROM ${TICKETS} o WHERE o.status = 'dead' ORDER BY ${FAILED_AT} DESC LIMIT 1))
                  + interval '1 microsecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS instant`;
