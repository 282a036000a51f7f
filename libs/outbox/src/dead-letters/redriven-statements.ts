import { prepared } from '#zakops/database';
import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { TICKETS } from '../tickets/ticket-table.js';

/** Tickets that one look or one undo takes at most. */
export const MOST_ENTRIES = 2_500;

/**
 * Looks at the next tickets of a task that have no outcome yet: $1 task, $2 ordinal and $3 consumer after which to look.
 *
 * @remarks Each ticket is looked up by its key. A dead letter of publication has left the tickets for the publisher, and counts as delivered.
 * One that was redriven again was dead before that.
 */
export const FOLLOW = prepared(`
  WITH open AS MATERIALIZED (
    SELECT * FROM zakops.dlq_task_entries
     WHERE task_id = $1 AND (ordinal, consumer) > ($2::bigint, $3::text) ORDER BY ordinal, consumer LIMIT ${String(MOST_ENTRIES)}
  ), seen AS MATERIALIZED (
    SELECT o.ordinal, o.consumer, o.tried, t.status, t.last_attempt_at,
           CASE WHEN o.consumer = '${LOG_CONSUMER}' THEN 'delivered'
                WHEN t.status IS NULL THEN 'discarded'
                WHEN t.status = 'dead' OR t.replay_count > o.replay THEN 'dead_again'
                WHEN t.status = 'delivered' THEN 'delivered' END AS outcome,
           t.fingerprint = o.fingerprint AS is_same
      FROM open o
      LEFT JOIN LATERAL (SELECT * FROM ${TICKETS} WHERE event_id = o.event_id AND consumer = o.consumer LIMIT 1) t ON true
  ), over AS (
    DELETE FROM zakops.dlq_task_entries d USING seen s
     WHERE d.task_id = $1 AND d.ordinal = s.ordinal AND d.consumer = s.consumer AND s.outcome IS NOT NULL
  ), marked AS (
    UPDATE zakops.dlq_task_entries d SET tried = true FROM seen s
     WHERE d.task_id = $1 AND d.ordinal = s.ordinal AND d.consumer = s.consumer AND s.outcome IS NULL AND s.status = 'failed' AND NOT d.tried
  )
  SELECT (SELECT count(*)::int FROM seen) AS seen,
         (SELECT json_build_object('delivered', count(*) FILTER (WHERE outcome = 'delivered'),
                                   'deadAgain', count(*) FILTER (WHERE outcome = 'dead_again'),
                                   'discarded', count(*) FILTER (WHERE outcome = 'discarded')) FROM seen) AS outcomes,
         (SELECT coalesce(json_agg(came_back ORDER BY last_attempt_at), '[]')
            FROM (SELECT coalesce(is_same AND outcome IS DISTINCT FROM 'delivered', false) AS came_back, last_attempt_at FROM seen
                   WHERE NOT tried AND (outcome IN ('delivered', 'dead_again') OR (outcome IS NULL AND status = 'failed'))
                   ORDER BY last_attempt_at LIMIT 20) AS first) AS first,
         (SELECT json_build_object('ordinal', ordinal::text, 'consumer', consumer) FROM open ORDER BY ordinal DESC, consumer DESC LIMIT 1) AS last`);

/**
 * Gives tickets that a task has redriven and nothing has tried back to the dead letters, as they were: $1 task, $2 ordinal and $3 consumer before
 * which to look. The latest of the log first, so that no later one of an aggregate becomes the first of it.
 */
export const UNDO = prepared(`
  WITH open AS MATERIALIZED (
    SELECT * FROM zakops.dlq_task_entries
     WHERE task_id = $1 AND (ordinal, consumer) < ($2::bigint, $3::text) ORDER BY ordinal DESC, consumer DESC LIMIT ${String(MOST_ENTRIES)}
  ), locked AS MATERIALIZED (
    SELECT t.tid, o.* FROM open o CROSS JOIN LATERAL (
      SELECT ctid AS tid FROM ${TICKETS}
       WHERE event_id = o.event_id AND consumer = o.consumer AND status IN (${sqlFrom('undo')}) AND attempts = 0 AND replay_count = o.replay
       LIMIT 1 FOR UPDATE SKIP LOCKED) t
  ), changed AS (
    UPDATE ${TICKETS} t
       SET status = ${sqlTo('undo')}, attempts = o.attempts, replay_count = o.replay - 1, reason_code = o.reason_code, last_error = o.last_error,
           fingerprint = o.fingerprint, due_at = o.due_at
      FROM locked o
     WHERE t.ctid = o.tid
    RETURNING zakops.ticket_id(t.event_id, t.consumer) AS id, t.event_id AS "eventId", t.consumer, t.stream::text AS stream, t.ordinal
  ), over AS (
    DELETE FROM zakops.dlq_task_entries d USING changed c WHERE d.task_id = $1 AND d.ordinal = c.ordinal AND d.consumer = c.consumer
  )
  SELECT (SELECT coalesce(json_agg(changed), '[]') FROM changed) AS changed,
         (SELECT json_build_object('ordinal', ordinal::text, 'consumer', consumer)
            FROM (SELECT * FROM open ORDER BY ordinal, consumer LIMIT 1) AS last
           WHERE (SELECT count(*) FROM open) = ${String(MOST_ENTRIES)}) AS next`);
