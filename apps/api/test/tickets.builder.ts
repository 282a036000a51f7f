import { uuidV7 } from '#zakops/kernel';
import type { TestDatabase } from '#zakops/testing';

/** What a test says of a ticket; the rest is usual. */
export interface TicketFields {
  readonly status?: 'pending' | 'processing' | 'delivered' | 'failed' | 'dead';
  readonly consumer?: string;
  readonly eventType?: string;
  readonly aggregateType?: string;
  readonly aggregateId?: string;
  readonly correlationId?: string;
  readonly reasonCode?: string | null;
  readonly error?: string | null;
  readonly attempts?: number;
  /** How long ago the last attempt was; SQL interval. */
  readonly failedAgo?: string;
  /** How long ago it became due; SQL interval, negative for a time to come, null while it waits behind another one. */
  readonly dueAgo?: string | null;
  readonly data?: unknown;
}

/** A ticket that was written. */
export interface WrittenTicket {
  readonly entryId: string;
  readonly eventId: string;
  readonly consumer: string;
  readonly position: number;
}

const WRITE = `
  WITH event AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
    VALUES ($1, $2, 1, $3, $4, (SELECT coalesce(max(aggregate_seq), 0) + 1 FROM zakops.events WHERE aggregate_type = $3 AND aggregate_id = $4),
            $5::jsonb, $6, 'system:test')
  ), head AS (
    UPDATE zakops.event_log_head SET position = position + 1 RETURNING position
  ), logged AS (
    INSERT INTO zakops.event_log (position, event_id) SELECT position, $1 FROM head
  ), known AS (
    INSERT INTO zakops.consumer_progress AS p (consumer, position) SELECT $7, position FROM head WHERE $7 <> 'log'
    ON CONFLICT (consumer) DO UPDATE SET position = excluded.position
  )
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, reason_code, last_error,
    first_failed_at, last_attempt_at, delivered_at)
  SELECT $1, $7, position, $2, zakops.stream_of($3, $4), $8, $9, now() - $10::interval, $11, $12,
         now() - $13::interval - interval '1 minute', now() - $13::interval, CASE WHEN $8 = 'delivered' THEN now() END
    FROM head
  RETURNING zakops.ticket_id(event_id, consumer) AS "entryId", event_id AS "eventId", consumer, ordinal::int AS position`;

/** Writes a published event and the ticket of one consumer; a dead one of five attempts unless the test says otherwise. */
export async function writeTicket(database: TestDatabase, facts: TicketFields = {}): Promise<WrittenTicket> {
  const { status = 'dead', consumer = 'mailer', aggregateType = 'deal', aggregateId = 'DEAL-000001' } = facts;
  const [ticket] = await database.query<WrittenTicket & Record<string, unknown>>(WRITE, [
    uuidV7(),
    facts.eventType ?? 'deal.updated',
    aggregateType,
    aggregateId,
    JSON.stringify(facts.data ?? { deal_id: aggregateId }),
    facts.correlationId ?? aggregateId,
    consumer,
    status,
    facts.attempts ?? (status === 'dead' ? 5 : 0),
    facts.dueAgo === undefined ? '0 s' : facts.dueAgo,
    facts.reasonCode === undefined ? 'handler_error' : facts.reasonCode,
    facts.error === undefined ? 'It broke.' : facts.error,
    facts.failedAgo ?? '1 minute',
  ]);
  if (ticket === undefined) throw new Error('No ticket was written.');
  return ticket;
}

/** Writes failed attempts of a ticket. */
export async function writeAttempts(database: TestDatabase, ticket: WrittenTicket, count: number, replay = 0): Promise<void> {
  await database.query(
    `INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
     SELECT $1, $2, $4, n, now() - interval '1 hour' + n * interval '1 minute', n * 10, 'handler_error', 'Failure ' || n FROM generate_series(1, $3::int) n`,
    [ticket.eventId, ticket.consumer, count, replay],
  );
}
