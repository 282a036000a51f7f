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
 * Makes the rest of the transaction read rows by index, and ordered ones from the index that has this order.
 *
 * @remarks The planner's statistics do not count tickets that died a minute ago. It then expects one row, reads a whole index of dead
 * tickets, and sorts it: again for each portion. Of attempts it would read the whole table for each ticket.
 */
export const KEEP_INDEX_ORDER = `SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true)`;

// Lateral and limited: each event is looked up by its key, whatever number of tickets the planner expects.
const EVENT_BY_KEY = `
      JOIN LATERAL (SELECT correlation_id, aggregate_type, aggregate_id FROM zakops.events WHERE id = o.event_id LIMIT 1) e ON true`;

const LAST_ORDINAL = '9223372036854775807';

const CHANGED = `${DEAD_LETTER_ID} AS "id", o.event_id AS "eventId", o.consumer, o.stream::text AS stream`;

/** How a change is written down beside the tickets. SQL expressions, such as parameters. */
interface Notes {
  /** The task of which the change is a part; `NULL` for none. */
  readonly task: string;
  readonly actor: string;
  readonly reason: string;
}

/** Where the changed tickets are, and as what. */
interface Which {
  readonly condition: string;
  /** A table with the rows as they were before, under the names of the columns. */
  readonly before: string;
}

// A redriven ticket waits until `ticketsChanged` makes the first one of each stream due: many of one stream that were due at the same time
// would hide those of others, while the first of them fails again.
//
// The caller has locked these rows and seen that they are dead. Asking for the state once more would offer the planner the indexes of
// dead tickets, and it would take one instead of the key.
const CHANGES: Readonly<Record<DeadLetterChange, (which: Which, notes: Notes) => string>> = {
  redrive: ({ condition, before }, { task }) => `changed AS (
    UPDATE ${TICKETS} o
       SET status = ${sqlTo('redrive')}, attempts = 0, replay_count = least(o.replay_count + 1, 32767), due_at = NULL,
           owner = NULL, lease_until = NULL, fence = NULL, reason_code = NULL, last_error = NULL, fingerprint = NULL
     WHERE ${condition}
    RETURNING ${CHANGED}
  ), followed AS (
    INSERT INTO zakops.dlq_task_entries (task_id, ordinal, consumer, event_id, stream, replay, attempts, reason_code, last_error, fingerprint, due_at)
    SELECT ${task}, b.ordinal, b.consumer, b.event_id, b.stream, least(b.replay_count + 1, 32767), b.attempts, b.reason_code, b.last_error,
           b.fingerprint, b.due_at
      FROM ${before} b WHERE ${task} IS NOT NULL
    ON CONFLICT DO NOTHING
  )`,
  discard: ({ condition }, notes) => `gone AS (
    DELETE FROM ${TICKETS} o WHERE ${condition} RETURNING o.*
  ), forgotten AS (
    DELETE FROM zakops.outbox_attempts a USING gone c WHERE a.event_id = c.event_id AND a.consumer = c.consumer
  ), archived AS (${archiving('gone', notes, 'NULL')}
  ), changed AS (
    SELECT ${CHANGED} FROM gone o
  )`,
};

/**
 * Writes tickets and their attempts to the archive. Events and attempts are looked up by their keys, whatever number of them is expected.
 *
 * @param gone - a table with the whole tickets
 */
export function archiving(gone: string, { task, actor, reason }: Notes, resubmittedAs: string): string {
  return `
    INSERT INTO zakops.dead_letter_archive (entry_id, event_id, consumer, event_type, aggregate_type, aggregate_id, correlation_id, failed_at,
      ticket, attempts, task_id, archived_by, reason, resubmitted_as)
    SELECT ${DEAD_LETTER_ID}, o.event_id, o.consumer, o.event_type, e.aggregate_type, e.aggregate_id, e.correlation_id, ${FAILED_AT},
           to_jsonb(o), (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.replay, a.attempt), '[]') FROM zakops.outbox_attempts a
                          WHERE a.event_id = o.event_id AND a.consumer = o.consumer),
           ${task}, ${actor}, ${reason}, ${resubmittedAs}
      FROM ${gone} o${EVENT_BY_KEY}
    ON CONFLICT (entry_id) DO UPDATE
       SET ticket = excluded.ticket, attempts = excluded.attempts, failed_at = excluded.failed_at, task_id = excluded.task_id,
           archived_by = excluded.archived_by, reason = excluded.reason, resubmitted_as = excluded.resubmitted_as,
           archived_at = excluded.archived_at`;
}

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

/** Changes the ticket that {@link LOCK_ONE} has locked; parameters are its event and consumer, the actor, and the reason. */
export function changeOne(change: DeadLetterChange): string {
  // A redrive names no actor: PostgreSQL refuses a parameter that a statement does not use.
  const notes =
    change === 'redrive' ? { task: 'NULL::uuid', actor: 'NULL', reason: 'NULL' } : { task: 'NULL::uuid', actor: '$3', reason: '$4' };
  return `WITH before AS MATERIALIZED (
    SELECT * FROM ${TICKETS} WHERE event_id = $1 AND consumer = $2
  ), ${CHANGES[change]({ condition: 'o.event_id = $1 AND o.consumer = $2', before: 'before' }, notes)} SELECT * FROM changed`;
}

/** How a portion is taken. */
export interface PortionOptions {
  /** The most dead letters to change; by default all that fit of those that the portion looks at. */
  readonly most?: number;
  /** The task of which the change is a part. */
  readonly taskId?: string;
  /** For the archive: who discards them, and why. */
  readonly actor: string;
  readonly reason: string | undefined;
}

/**
 * Changes those that fit of the next dead letters after a place. What others hold is skipped, and with it its stream.
 *
 * @remarks The walk follows the index of dead tickets by stream, so those of one stream come in their order. One place is all that a walk
 * has to remember, and no portion reads again what an earlier one has changed. A ticket is named by its ctid from the look to the change.
 * A ticket that has moved in between is not found by it, and counts as held.
 */
export function changePortion(
  change: DeadLetterChange,
  filter: DeadLetterFilter,
  after: DeadLetterPlace | undefined,
  { most = PORTION, taskId, actor, reason }: PortionOptions,
): Sql {
  const parameters: unknown[] = [];
  const given = (value: unknown): string => `$${String(parameters.push(value))}`;
  const rest =
    after === undefined
      ? ''
      : ` AND (o.consumer, o.stream, o.ordinal) > (${given(after.consumer)}::text, ${given(after.stream)}::bigint, ${given(after.ordinal)}::bigint)`;
  const ofConsumer = filter.consumer === undefined ? '' : ` AND o.consumer = ${given(filter.consumer)}`;
  const limit = String(Math.min(most, PORTION));
  const notes: Notes = {
    task: taskId === undefined ? 'NULL::uuid' : `${given(taskId)}::uuid`,
    actor: change === 'discard' ? `${given(actor)}::text` : 'NULL',
    reason: change === 'discard' ? `${given(reason ?? null)}::text` : 'NULL',
  };
  const which: Which = {
    condition: 'o.ctid = ANY (ARRAY (SELECT tid FROM chosen))',
    // IS TRUE keeps it a look into a hash table: as a join it would be planned for the few rows that are expected.
    before: '(SELECT * FROM seen WHERE (tid IN (SELECT tid FROM chosen)) IS TRUE)',
  };
  const text = `
  WITH seen AS MATERIALIZED (
    SELECT o.ctid AS tid, o.* FROM ${TICKETS} o
     WHERE o.status = 'dead'${ofConsumer}${rest}
     ORDER BY o.consumer, o.stream, o.ordinal LIMIT ${String(PORTION)}
  ), fitting AS MATERIALIZED (
    SELECT o.tid, o.consumer, o.stream, o.ordinal FROM seen o${needsEvents(filter) ? EVENT_BY_KEY : ''}
     WHERE ${deadLetterCondition(filter, parameters)}
     ORDER BY o.consumer, o.stream, o.ordinal LIMIT ${limit}
  ), locked AS MATERIALIZED (
    SELECT o.ctid AS tid, o.status FROM ${TICKETS} o WHERE o.ctid = ANY (ARRAY (SELECT tid FROM fitting)) FOR UPDATE SKIP LOCKED
  ), held AS MATERIALIZED (
    SELECT consumer, stream FROM fitting WHERE tid NOT IN (SELECT tid FROM locked WHERE status IN (${sqlFrom('redrive')}))
  ), chosen AS MATERIALIZED (
    SELECT tid FROM fitting WHERE (consumer, stream) NOT IN (SELECT consumer, stream FROM held)
  ), ${CHANGES[change](which, notes)}, last AS (
    (SELECT consumer, stream, ordinal, true AS is_cut FROM fitting
      WHERE (SELECT count(*) FROM fitting) = ${limit} ORDER BY consumer DESC, stream DESC, ordinal DESC LIMIT 1)
    UNION ALL
    (SELECT consumer, stream, ordinal, (SELECT count(*) FROM seen) = ${String(PORTION)} FROM seen
      WHERE (SELECT count(*) FROM fitting) < ${limit} ORDER BY consumer DESC, stream DESC, ordinal DESC LIMIT 1)
  )
  SELECT (SELECT count(*)::int FROM fitting) AS fitting,
         (SELECT coalesce(json_agg(changed), '[]') FROM changed) AS changed,
         (SELECT json_build_object('consumer', consumer, 'stream', stream::text, 'ordinal',
                   CASE WHEN (consumer, stream) IN (SELECT consumer, stream FROM held) THEN '${LAST_ORDINAL}' ELSE ordinal::text END)
            FROM last WHERE is_cut) AS next`;
  return { text, parameters };
}

/** An instant after the last failure of every dead letter, also when the clock of the database was set back since. */
export const AFTER_EVERY_FAILURE = `
  SELECT to_char((greatest(now(), (SELECT ${FAILED_AT} FROM ${TICKETS} o WHERE o.status = 'dead' ORDER BY ${FAILED_AT} DESC LIMIT 1))
                  + interval '1 microsecond') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS instant`;
