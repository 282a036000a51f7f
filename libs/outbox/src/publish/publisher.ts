import { Database } from '#zakops/database';
import { tracing } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';
import { tracePublished } from '../tracing/publish-spans.js';
import type { TracedPublication } from '../tracing/publish-spans.js';
import { LOG_CHANNEL } from '../wake/wake-signal.js';

/**
 * One statement, so that the payload never leaves the database and there is no moment between giving a position and marking the
 * ticket. The head row is locked first and only under the fencing number of the active worker: a worker that lost its lease
 * finds no row and does nothing. Marking by `ctid = ANY(ARRAY(...))` keeps the planner from joining (half the speed).
 */
const publishAndGive = (more: string): string => `
  WITH head AS MATERIALIZED (
    SELECT position FROM zakops.event_log_head WHERE fence = $1 FOR UPDATE
  ), due AS MATERIALIZED (
    SELECT o.ctid AS tid, o.event_id, o.event_type, o.stream, o.ordinal
      FROM zakops.outbox o
     WHERE o.consumer = '${LOG_CONSUMER}' AND o.status IN ('pending', 'failed') AND o.status IN (${sqlFrom('publish')})
       AND EXISTS (SELECT 1 FROM head)
     ORDER BY o.ordinal
     LIMIT $2
  ), numbered AS MATERIALIZED (
    SELECT d.event_id, d.event_type, d.stream, h.position + row_number() OVER (ORDER BY d.ordinal) AS position
      FROM due d CROSS JOIN head h
  ), logged AS (
    INSERT INTO zakops.event_log (position, event_id) SELECT position, event_id FROM numbered ORDER BY position
  ), marked AS (
    UPDATE zakops.outbox SET status = ${sqlTo('publish')}, attempts = attempts + 1, delivered_at = now()
     WHERE ctid = ANY (ARRAY (SELECT tid FROM due)) AND status IN (${sqlFrom('publish')})
  ), ticketed AS (
    INSERT INTO zakops.outbox (event_id, consumer, ordinal, event_type, stream)
    SELECT n.event_id, s.consumer, n.position, n.event_type, n.stream
      FROM numbered n JOIN unnest($3::text[], $4::text[]) AS s(consumer, pattern) ON n.event_type ~ s.pattern
     ORDER BY n.position
  ), moved AS (
    UPDATE zakops.event_log_head SET position = position + (SELECT count(*) FROM due) WHERE fence = $1 RETURNING position
  )
  SELECT (SELECT count(*) FROM due)::int AS published, m.position,
         CASE WHEN EXISTS (SELECT 1 FROM due) THEN pg_notify('${LOG_CHANNEL}', m.position::text) END${more}
    FROM moved m`;

const PUBLISH = publishAndGive('');

// The events whose traces somebody records: the last bit of the flags, the last of the hex digits.
const PUBLISH_TRACED = publishAndGive(`,
         (SELECT json_agg(json_build_object('id', e.id, 'type', e.type, 'aggregate_id', e.aggregate_id,
                                            'traceparent', e.traceparent, 'position', n.position))
            FROM numbered n JOIN zakops.events e ON e.id = n.event_id WHERE e.traceparent ~ '[13579bdf]$') AS traced`);

/** Who wants which events. */
export interface Subscription {
  readonly consumer: string;
  /** Regular expression of event types. */
  readonly pattern: string;
}

/** This worker is not the active one any more: another has its lease. */
export class WorkerFencedError extends Error {
  constructor() {
    super('Another worker is the active one now.');
    this.name = 'WorkerFencedError';
  }
}

interface PublishRow {
  readonly published: number;
  readonly position: string;
  /** Only from the statement that gives it; null when there is none. */
  readonly traced?: readonly TracedPublication[] | null;
}

/** What one publishing step did. */
export interface PublishedBatch {
  readonly published: number;
  /** The last position given. */
  readonly position: number;
}

/** Gives committed events their public positions, and consumers their tickets. */
@Injectable()
export class Publisher {
  constructor(private readonly database: Database) {}

  /**
   * Publishes the next waiting events: positions without a gap, in the order of their tickets.
   *
   * @remarks Events of one aggregate keep the order of their sequence numbers, because its row was locked when their tickets were
   * numbered. An event whose transaction commits later gets a later position, however early it began.
   * @param workerFence - fencing number of this worker's lease
   * @param limit - events, at least 1
   * @throws WorkerFencedError when the lease is another worker's
   */
  async publish(workerFence: string, limit: number, subscriptions: readonly Subscription[]): Promise<PublishedBatch> {
    const startedAt = tracing.on ? new Date() : undefined;
    const [row] = await this.database.query<PublishRow>(startedAt === undefined ? PUBLISH : PUBLISH_TRACED, [
      workerFence,
      limit,
      subscriptions.map((subscription) => subscription.consumer),
      subscriptions.map((subscription) => subscription.pattern),
    ]);
    if (row === undefined) throw new WorkerFencedError();
    if (startedAt !== undefined && tracing.on) tracePublished(row.traced ?? [], startedAt, row.published);
    return { published: row.published, position: Number(row.position) };
  }
}
