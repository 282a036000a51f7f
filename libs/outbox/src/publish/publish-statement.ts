import { EVENT_COLUMNS, prepared } from '#zakops/database';
import type { PreparedStatement } from '#zakops/database';

/** So many events at most are handed on with the answer of a step, when they are short: they need not be read again. */
const MOST_HANDED_ON = 8;

// The answer of a step is sent while it holds locks, so it must fit into the server's own buffer of 8 KiB.
const LONGEST_HANDED_ON = 700;

/**
 * One step of publishing, as one statement, so that the payload need not leave the database and nothing is between a position and the end
 * of the wait.
 *
 * @remarks
 * - The head is locked first and only under the fence of the active worker. A worker that lost its lease finds no row and does nothing.
 * - The numbered rows are those that DELETE returned, and DELETE removes only rows that were locked before. A row that another session holds
 *   is skipped, and with it later rows of its stream. A row that another session touched meanwhile is found by its key.
 * - The scan begins at a floor below which nothing waits, or it would read what was removed since the oldest snapshot again and again.
 * - The head is found by the ctid that the last step left. Only after another session has written it, a step searches for it.
 */
function publishStatement(headCondition: string, more: { columns: string; from: string }): PreparedStatement {
  return prepared(`
  WITH head AS MATERIALIZED (
    SELECT ctid AS tid, position FROM zakops.event_log_head WHERE ${headCondition} FOR UPDATE
  ), seen AS MATERIALIZED (
    SELECT ordinal, stream FROM zakops.outbox_waiting
     WHERE ordinal >= $3 AND EXISTS (SELECT FROM head)
     ORDER BY ordinal LIMIT $2
  ), locked AS MATERIALIZED (
    SELECT ordinal FROM zakops.outbox_waiting WHERE ordinal = ANY (ARRAY (SELECT ordinal FROM seen)) FOR UPDATE SKIP LOCKED
  ), skipped AS MATERIALIZED (
    SELECT stream, min(ordinal) AS ordinal FROM seen WHERE ordinal NOT IN (SELECT ordinal FROM locked) GROUP BY stream
  ), gone AS (
    DELETE FROM zakops.outbox_waiting
     WHERE ordinal = ANY (ARRAY (
       SELECT s.ordinal FROM seen s
        WHERE s.ordinal IN (SELECT ordinal FROM locked)
          AND NOT EXISTS (SELECT FROM skipped k WHERE k.stream = s.stream AND k.ordinal < s.ordinal)))
    RETURNING ordinal, event_id
  ), numbered AS MATERIALIZED (
    SELECT ordinal, event_id, (SELECT position FROM head) + row_number() OVER (ORDER BY ordinal) AS position FROM gone
  ), logged AS (
    INSERT INTO zakops.event_log (position, event_id) SELECT position, event_id FROM numbered ORDER BY position
  ), moved AS (
    UPDATE zakops.event_log_head SET position = position + (SELECT count(*) FROM numbered)
     WHERE ${headCondition} AND EXISTS (SELECT FROM numbered)
    RETURNING ctid::text AS tid
  ), outcome AS MATERIALIZED (
    SELECT (SELECT count(*) FROM numbered)::int AS published, (SELECT count(*) FROM seen)::int AS seen,
           (SELECT max(ordinal) FROM seen) AS last_seen,
           (SELECT min(ordinal) FROM seen WHERE ordinal NOT IN (SELECT ordinal FROM numbered)) AS first_left
  )
  SELECT o.published, o.seen, o.last_seen, o.first_left, h.position + o.published AS head,
         coalesce((SELECT tid FROM moved), h.tid::text) AS tid,
         CASE WHEN o.published > 0 THEN 1 / (SELECT count(*) FROM moved) END AS head_moved${more.columns}
    FROM head h CROSS JOIN outcome o ${more.from}`);
}

const HANDED_ON = {
  columns: `, n.position, ${EVENT_COLUMNS}`,
  from: `
    LEFT JOIN numbered n ON o.published <= ${String(MOST_HANDED_ON)}
    LEFT JOIN zakops.events e ON e.id = n.event_id AND pg_column_compression(e.data) IS NULL
      AND pg_column_size(e.data) <= ${String(LONGEST_HANDED_ON)}
   ORDER BY n.position`,
};

// The events whose traces are recorded: the last bit of the flags, the last of the hex digits.
const TRACED = {
  columns: `,
         (SELECT json_agg(json_build_object('id', e.id, 'type', e.type, 'aggregate_id', e.aggregate_id,
                                            'traceparent', e.traceparent, 'position', n.position))
            FROM numbered n JOIN zakops.events e ON e.id = n.event_id WHERE e.traceparent ~ '[13579bdf]$') AS traced`,
  from: '',
};

const AT_ITS_PLACE = 'fence = $1 AND ctid = $4::tid';
// Keeps the parameters the same; anything is a text.
const ANYWHERE = 'fence = $1 AND $4::text IS NOT NULL';

/** The statement, by whether the place of the head is known and traces are recorded. */
export const PUBLISH = {
  atItsPlace: publishStatement(AT_ITS_PLACE, HANDED_ON),
  anywhere: publishStatement(ANYWHERE, HANDED_ON),
  traced: publishStatement(ANYWHERE, TRACED),
} as const;

/** Closes the wait of events that have a position already: another database's rows, or a version that left them behind. */
export const CLOSE_PUBLISHED = `
  WITH closed AS (
    DELETE FROM zakops.outbox_waiting w
     WHERE EXISTS (SELECT FROM zakops.event_log l WHERE l.event_id = w.event_id)
       AND EXISTS (SELECT FROM zakops.event_log_head WHERE fence = $1)
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM closed`;
