import { prepared } from '#zakops/database';
import { IN_FORCE } from '../pauses/pause-columns.js';
import { TICKETS } from '../tickets/ticket-table.js';
import { streamsOf, ticketConditions } from './ticket-filter.js';
import type { TicketFilter, TicketListFilter } from './ticket-filter.js';
import { OPEN_STATUSES } from './ticket.view.js';
import type { TicketKey } from './ticket.view.js';

/** A statement with its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** The states of {@link OPEN_STATUSES} for SQL; the predicate of the indexes of open tickets. */
const IS_OPEN = `o.status IN (${OPEN_STATUSES.map((status) => `'${status}'`).join(', ')})`;

/** The id of a ticket `o`; the expression of the index `outbox_tickets_open_id_idx`. */
const TICKET_ID = 'zakops.ticket_id(o.event_id, o.consumer)';

/** Failed tickets that one portion looks at. */
export const TRY_PORTION = 2_500;

/**
 * Makes the rest of the transaction read ordered rows from the index that has this order.
 *
 * @remarks On the day when everything fails the statistics are those of an empty table. The planner then expects one row and sorts all of them.
 */
export const IN_INDEX_ORDER = `SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true)`;

/**
 * The first ticket of the aggregate of a ticket `o`, as `w`: the one that the relay takes next. A dead one counts where the consumer `p`
 * blocks on it.
 */
const FIRST_OF_STREAM = `LATERAL (
      SELECT h.event_id, h.consumer, h.ordinal, h.status, h.due_at FROM ${TICKETS} h
       WHERE h.consumer = o.consumer AND h.stream = o.stream AND h.status <> 'delivered'
         AND (h.status <> 'dead' OR h.event_type ~ p.blocking_types)
       ORDER BY h.ordinal LIMIT 1) w`;

/** The pause in force that stops a ticket `o`, as `z`: the one that ends last. `p` stands for a pause in it, whatever it is around it. */
const PAUSE_OF_TICKET = `LATERAL (
      SELECT p.id, p.ends_at FROM zakops.delivery_pauses p
       WHERE p.released_at IS NULL AND ${IN_FORCE}
         AND (p.scope = 'all' OR p.consumer = o.consumer OR o.event_type ~ p.pattern OR o.stream = p.stream)
       ORDER BY p.ends_at DESC, p.id LIMIT 1) z`;

const WAITS_FOR = `z.id AS z_id, z.ends_at AS z_ends_at, zakops.ticket_id(w.event_id, w.consumer) AS w_id, w.status AS w_status, w.ordinal AS w_position,
         CASE WHEN w.status IN ('pending', 'failed') THEN w.due_at END AS w_due_at`;

/** Consumers that count: those of the stats. */
const consumers = (filter: TicketFilter, given: (value: string) => string): string =>
  `SELECT consumer, blocking_types FROM zakops.consumer_progress
     WHERE state <> 'removed'${filter.consumer === undefined ? '' : ` AND consumer = ${given(filter.consumer)}`}`;

/**
 * A page of open tickets, by the position of their events; tickets of one event by consumer.
 *
 * @remarks Each consumer and state is looked up by an index that has this order, so that a page costs the same however many tickets there are. With
 * an aggregate, or a ticket to stand behind, the streams are looked up instead.
 */
export function ticketPage(filter: TicketListFilter & { readonly pause?: string }, limit: number, after: TicketKey | undefined): Sql {
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${String(parameters.push(value))}`;
  const most = `${given(limit)}::int`;
  const columns = 'o.event_id, o.consumer, o.ordinal, o.stream';
  const from =
    after === undefined
      ? ''
      : ` AND o.ordinal > ${given(after.position)}::bigint - CASE WHEN c.consumer > ${given(after.consumer)}::text THEN 1 ELSE 0 END`;
  const { waitsFor, aggregateId, eventType, fingerprint } = filter;
  const narrowed =
    ticketConditions({ eventType, fingerprint }, given) + (filter.pause === undefined ? '' : onlyHeldBy(given(filter.pause)));
  const statuses = filter.status === undefined ? OPEN_STATUSES : [filter.status];
  const byStatus = statuses
    .map(
      (status) => `(
      SELECT ${columns} FROM ${TICKETS} o WHERE o.status = '${status}' AND o.consumer = c.consumer${from}${narrowed}
       ORDER BY o.ordinal LIMIT ${most})`,
    )
    .join(' UNION ALL ');
  const isOneOf = statuses.map((status) => `'${status}'`).join(', ');
  const byStream = `
      SELECT ${columns} FROM ${TICKETS} o
       WHERE o.consumer = c.consumer AND o.stream = s.stream AND o.ordinal > s.after AND o.status <> 'delivered' AND o.status IN (${isOneOf})
         ${from}${narrowed}
       ORDER BY o.ordinal LIMIT ${most}`;
  const ofConsumers = consumers(filter, (value) => given(value));
  const ofAggregate = aggregateId === undefined ? undefined : streamsOf(`${given(aggregateId)}::text`);
  const streams =
    waitsFor === undefined
      ? `SELECT NULL::text AS consumer, unnest(${ofAggregate ?? 'NULL::bigint[]'}) AS stream, 0::bigint AS after`
      : `SELECT consumer, stream, ordinal AS after FROM (${ticketById(given(waitsFor))}) AS behind
          ${ofAggregate === undefined ? '' : `WHERE stream = ANY (${ofAggregate})`}`;
  const found =
    waitsFor === undefined && aggregateId === undefined
      ? `SELECT t.* FROM consumers c CROSS JOIN LATERAL (${byStatus}) t`
      : `SELECT t.* FROM consumers c JOIN streams s ON s.consumer IS NULL OR s.consumer = c.consumer CROSS JOIN LATERAL (${byStream}) t`;
  const text = `
  WITH consumers AS MATERIALIZED (
    ${ofConsumers}
  ), streams AS MATERIALIZED (
    ${streams}
  ), page AS MATERIALIZED (
    ${found} ORDER BY t.ordinal, t.consumer LIMIT ${most}
  )
  SELECT ${TICKET_ID} AS id, o.event_id, o.event_type, o.consumer, e.aggregate_type, e.aggregate_id, e.correlation_id, o.ordinal AS position,
         o.status, o.attempts, o.replay_count, o.due_at, o.first_failed_at, o.last_attempt_at, o.reason_code, o.last_error, o.fingerprint,
         ${WAITS_FOR}
    FROM page g
    JOIN consumers p ON p.consumer = g.consumer
    JOIN LATERAL (SELECT * FROM ${TICKETS} WHERE event_id = g.event_id AND consumer = g.consumer LIMIT 1) o ON true
    JOIN LATERAL (SELECT aggregate_type, aggregate_id, correlation_id FROM zakops.events WHERE id = g.event_id LIMIT 1) e ON true
    LEFT JOIN ${FIRST_OF_STREAM} ON w.ordinal < o.ordinal
    LEFT JOIN ${PAUSE_OF_TICKET} ON true
   ${waitsFor === undefined ? '' : `WHERE zakops.ticket_id(w.event_id, w.consumer) = ${given(waitsFor)}::uuid`}
   ORDER BY g.ordinal, g.consumer`;
  return { text, parameters };
}

/** A condition on tickets `o` of a consumer `c`: a pause stops them, and no other ticket comes before them. */
function onlyHeldBy(pause: string): string {
  return ` AND ${pause}::uuid = (SELECT z.id FROM ${PAUSE_OF_TICKET})
        AND NOT EXISTS (SELECT FROM ${TICKETS} h
                         WHERE h.consumer = o.consumer AND h.stream = o.stream AND h.ordinal < o.ordinal AND h.status <> 'delivered'
                           AND (h.status <> 'dead' OR h.event_type ~ c.blocking_types))`;
}

/** Whether an id is that of a pause. */
export const IS_PAUSE = prepared('SELECT 1 AS is FROM zakops.delivery_pauses WHERE id = $1');

/**
 * The open or dead ticket of an id.
 *
 * @remarks It asks for the first id from this one on, not for an equal id: only an order makes the planner use the indexes of the ids.
 */
function ticketById(id: string): string {
  const first = (which: string): string => `(
    SELECT o.event_id, o.consumer, o.stream, o.ordinal, o.status, ${TICKET_ID} AS id FROM ${TICKETS} o
     WHERE ${which} AND ${TICKET_ID} >= ${id}::uuid ORDER BY ${TICKET_ID} LIMIT 1)`;
  return `SELECT * FROM (${first(IS_OPEN)} UNION ALL ${first(`o.status = 'dead'`)}) AS first WHERE id = ${id}::uuid`;
}

/** Where the open or dead ticket of an id is. */
export const FIND_ONE = ticketById('$1');

/** Locks a ticket that no other session holds, and says what it stands behind. Parameters are its event and consumer. */
export const LOCK_ONE = `
  SELECT o.event_type, o.status, o.attempts, o.due_at, o.due_at <= now() AS is_due, p.state = 'removed' AS is_leaving, ${WAITS_FOR}
    FROM ${TICKETS} o
    LEFT JOIN zakops.consumer_progress p ON p.consumer = o.consumer
    LEFT JOIN ${FIRST_OF_STREAM} ON w.ordinal < o.ordinal
    LEFT JOIN ${PAUSE_OF_TICKET} ON true
   WHERE o.event_id = $1 AND o.consumer = $2
     FOR UPDATE OF o SKIP LOCKED`;

/** Makes a ticket due that {@link LOCK_ONE} has locked; also one that a pause has put off which is over. */
export const TRY_ONE = `UPDATE ${TICKETS} SET due_at = now(), held_by = NULL WHERE event_id = $1 AND consumer = $2 AND status IN ('pending', 'failed') RETURNING due_at`;

/** Failed tickets that fit and are not due. */
export function countWaiting(filter: TicketFilter): Sql {
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${String(parameters.push(value))}`;
  const text = `
  SELECT count(*)::int AS n FROM (${consumers(filter, given)}) c
    JOIN ${TICKETS} o ON o.status = 'failed' AND o.consumer = c.consumer AND o.due_at > now()${ticketConditions(filter, given)}`;
  return { text, parameters };
}

/**
 * Makes those due that fit of the next failed tickets after a place, when they are the first of their aggregate.
 *
 * @remarks What a worker holds is skipped. A ticket that stands behind another one is left: it comes in its turn. So is one that is paused.
 */
export function tryPortion(filter: TicketFilter, after: TicketKey | undefined): Sql {
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${String(parameters.push(value))}`;
  const ofConsumer = filter.consumer === undefined ? '' : ` AND o.consumer = ${given(filter.consumer)}`;
  const rest =
    after === undefined ? '' : ` AND (o.consumer, o.ordinal) > (${given(after.consumer)}::text, ${given(after.position)}::bigint)`;
  const text = `
  WITH seen AS MATERIALIZED (
    SELECT o.ctid AS tid, o.* FROM ${TICKETS} o
     WHERE o.status = 'failed'${ofConsumer}${rest}
     ORDER BY o.consumer, o.ordinal LIMIT ${String(TRY_PORTION)}
  ), fitting AS MATERIALIZED (
    SELECT o.tid FROM seen o
      JOIN zakops.consumer_progress p ON p.consumer = o.consumer AND p.state <> 'removed'
     CROSS JOIN ${FIRST_OF_STREAM}
     WHERE o.due_at > now()${ticketConditions(filter, given)} AND w.ordinal = o.ordinal AND NOT EXISTS (SELECT FROM ${PAUSE_OF_TICKET})
  ), locked AS MATERIALIZED (
    SELECT o.ctid AS tid FROM ${TICKETS} o
     WHERE o.ctid = ANY (ARRAY (SELECT tid FROM fitting)) AND o.status = 'failed' AND o.due_at > now() FOR UPDATE SKIP LOCKED
  ), changed AS (
    UPDATE ${TICKETS} o SET due_at = now(), held_by = NULL WHERE o.ctid = ANY (ARRAY (SELECT tid FROM locked)) RETURNING 1
  ), last AS (
    SELECT consumer, ordinal FROM seen ORDER BY consumer DESC, ordinal DESC LIMIT 1
  )
  SELECT (SELECT count(*)::int FROM changed) AS count,
         (SELECT json_build_object('consumer', consumer, 'position', ordinal::text)
            FROM last WHERE (SELECT count(*) FROM seen) = ${String(TRY_PORTION)}) AS next`;
  return { text, parameters };
}
