import { prepared } from '#zakops/database';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { TICKETS } from '../tickets/ticket-table.js';
import { archiving } from './dead-letter-statements.js';

/** Dead letters that one transaction restores at most. */
export const MOST_RESTORED = 1_000;

// A ticket of an event that retention has removed could not be delivered, and retention removes those of a removed consumer.
const CAN_COME_BACK = `
       EXISTS (SELECT FROM zakops.events e WHERE e.id = a.event_id)
   AND NOT EXISTS (SELECT FROM zakops.consumer_progress p WHERE p.consumer = a.consumer AND p.state = 'removed')`;

// A member of a later version that the stored row lacks becomes null, as in a row of the version before.
const restoring = (which: string): string => `
  WITH chosen AS MATERIALIZED (
    SELECT a.* FROM zakops.dead_letter_archive a WHERE ${which} AND ${CAN_COME_BACK}
     ORDER BY a.entry_id LIMIT ${String(MOST_RESTORED)} FOR UPDATE OF a SKIP LOCKED
  ), back AS (
    INSERT INTO ${TICKETS} SELECT t.* FROM chosen c CROSS JOIN LATERAL jsonb_populate_record(NULL::${TICKETS}, c.ticket) AS t
    ON CONFLICT DO NOTHING
    RETURNING zakops.ticket_id(event_id, consumer) AS id, event_id AS "eventId", consumer, stream::text AS stream
  ), attempted AS (
    INSERT INTO zakops.outbox_attempts
    SELECT r.* FROM chosen c CROSS JOIN LATERAL jsonb_array_elements(c.attempts) AS j(attempt)
     CROSS JOIN LATERAL jsonb_populate_record(NULL::zakops.outbox_attempts, j.attempt) AS r
    ON CONFLICT DO NOTHING
  ), gone AS (
    DELETE FROM zakops.dead_letter_archive WHERE entry_id = ANY (ARRAY (SELECT id FROM back))
  )
  SELECT (SELECT coalesce(json_agg(back), '[]') FROM back) AS restored,
         (SELECT entry_id FROM chosen ORDER BY entry_id DESC LIMIT 1) AS last`;

/** Restores archived dead letters by their ids: $1. */
export const RESTORE_THESE = prepared(restoring('a.entry_id = ANY ($1::uuid[])'));

/** Restores the next archived dead letters of a task: $1 task, $2 the id after which to look. */
export const RESTORE_OF_TASK = prepared(restoring('a.task_id = $1 AND a.entry_id > $2::uuid AND a.resubmitted_as IS NULL'));

/** Archives a dead letter that its consumer gets as a corrected event: $1 event, $2 consumer, $3 actor, $4 reason, $5 id of the new event. */
export const ARCHIVE_ORIGINAL = prepared(`
  WITH original AS MATERIALIZED (
    SELECT * FROM ${TICKETS} WHERE event_id = $1 AND consumer = $2
  )${archiving('original', { task: 'NULL::uuid', actor: '$3::text', reason: '$4::text' }, '$5::uuid')}`);

/** Puts a corrected event in the place of the original for one consumer: $1 id, $2 event, $3 consumer, $4 payload, $5 actor, $6 reason. */
export const CORRECT = prepared(`
  INSERT INTO zakops.resubmitted_events (id, event_id, consumer, entry_id, replay, data, actor, reason)
  SELECT $1, t.event_id, t.consumer, zakops.ticket_id(t.event_id, t.consumer), t.replay_count, $4::jsonb, $5, $6
    FROM ${TICKETS} t WHERE t.event_id = $2 AND t.consumer = $3 AND t.consumer <> '${LOG_CONSUMER}'
  RETURNING id`);
