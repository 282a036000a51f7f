import { Database } from '#zakops/database';
import { DEAD_LETTER_ID, FAILED_AT, LOG_CONSUMER, TICKETS } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DeadLetterState, FollowedDeadLetter } from '../dead-letter.view.js';
import { DISCARDS, REDRIVES } from './dlq-operation.js';

// A ticket leaves by its delivery and retention, by a discard, or with its consumer. The operations say which id it had.
const FIND = `
  WITH operations AS MATERIALIZED (
    SELECT p.id, p.kind, p.performed_at, d.event_id, d.consumer
      FROM zakops.dlq_operation_entries d JOIN zakops.dlq_operations p ON p.id = d.operation_id
     WHERE d.entry_id = $1
  ), last AS MATERIALIZED (
    SELECT *, kind = ANY ($3::text[]) AS was_discarded, (SELECT count(*)::int FROM operations WHERE kind = ANY ($2::text[])) AS redrives
      FROM operations ORDER BY performed_at DESC, id DESC LIMIT 1
  )
  SELECT l.event_id, l.consumer, l.performed_at, l.was_discarded, coalesce(o.replay_count, l.redrives)::int AS redrives, o.status,
         e.type AS event_type, e.data, e.correlation_id, e.aggregate_type, e.aggregate_id, g.position, coalesce(o.attempts, 0)::int AS attempts,
         o.reason_code, o.fingerprint, o.last_error, coalesce(o.created_at, e.occurred_at) AS created_at, o.first_failed_at,
         coalesce(${FAILED_AT}, l.performed_at) AS failed_at, o.delivered_at,
         CASE WHEN o.status IN ('pending', 'failed') THEN o.due_at END AS due_at,
         (c.consumer IS NULL OR c.state = 'removed' OR c.registered_at > l.performed_at) AS lost_consumer
    FROM last l
    JOIN zakops.events e ON e.id = l.event_id
    LEFT JOIN zakops.event_log g ON g.event_id = l.event_id
    LEFT JOIN ${TICKETS} o ON o.event_id = l.event_id AND o.consumer = l.consumer AND ${DEAD_LETTER_ID} = $1
    LEFT JOIN zakops.consumer_progress c ON c.consumer = l.consumer
   WHERE l.redrives > 0`;

interface FormerRow {
  readonly event_id: string;
  readonly consumer: string;
  readonly was_discarded: boolean;
  readonly redrives: number;
  /** Null when there is no ticket any more. */
  readonly status: 'pending' | 'processing' | 'delivered' | 'failed' | 'dead' | null;
  readonly event_type: string;
  readonly data: unknown;
  readonly correlation_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  /** int8 comes as text from the driver. */
  readonly position: string | null;
  readonly attempts: number;
  readonly reason_code: string | null;
  readonly fingerprint: string | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly first_failed_at: Date | null;
  readonly failed_at: Date;
  readonly delivered_at: Date | null;
  readonly due_at: Date | null;
  readonly lost_consumer: boolean;
}

/** Finds dead letters that were redriven, wherever they are now. */
@Injectable()
export class FormerDeadLetterReader {
  constructor(private readonly database: Database) {}

  /** What became of a dead letter that was redriven; undefined when none of this id was, or its event is gone. */
  async find(id: string): Promise<FollowedDeadLetter | undefined> {
    const [row] = await this.database.query<FormerRow>(FIND, [id, REDRIVES, DISCARDS]);
    if (row === undefined) return undefined;
    return {
      id,
      eventId: row.event_id,
      eventType: row.event_type,
      eventData: row.data,
      correlationId: row.correlation_id,
      aggregateType: row.aggregate_type,
      aggregateId: row.aggregate_id,
      consumer: row.consumer,
      position: row.position === null ? null : Number(row.position),
      attempts: row.attempts,
      redrives: row.redrives,
      reasonCode: row.reason_code,
      fingerprint: row.fingerprint,
      lastError: row.last_error,
      createdAt: row.created_at,
      firstFailedAt: row.first_failed_at,
      failedAt: row.failed_at,
      state: stateOf(row),
      deliveredAt: row.delivered_at,
      nextAttemptAt: row.due_at,
    };
  }
}

function stateOf({ status, was_discarded: wasDiscarded, consumer, position, lost_consumer: lostConsumer }: FormerRow): DeadLetterState {
  switch (status) {
    case 'pending':
    case 'processing':
      return 'waiting';
    case 'failed':
      return 'failed_again';
    case 'delivered':
    case 'dead':
      return status;
    case null:
      if (wasDiscarded) return 'discarded';
      // A publication that was redriven waits for its position without a ticket.
      if (consumer === LOG_CONSUMER) return position === null ? 'waiting' : 'delivered';
      return lostConsumer ? 'removed' : 'delivered';
  }
}
