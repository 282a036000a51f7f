import type { TestDatabase } from '#zakops/testing';

/** What a test says of the dead letters that it writes; the rest is usual. */
export interface DeadLetterFields {
  readonly count?: number;
  readonly consumer?: string;
  readonly eventType?: string;
  readonly aggregateId?: string;
  readonly reasonCode?: string;
  readonly error?: string;
  /** How long ago the last attempt was; SQL interval. */
  readonly failedAgo?: string;
}

const WRITE = `
  WITH head AS (
    UPDATE zakops.event_log_head SET position = position + $1 RETURNING position - $1 AS before
  ), made AS (
    SELECT gen_random_uuid() AS id, n, before + n AS position,
           (SELECT coalesce(max(aggregate_seq), 0) FROM zakops.events WHERE aggregate_id = $4) + n AS seq
      FROM head, generate_series(1, $1::int) n
  ), events AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
    SELECT id, $3, 1, 'deal', $4, seq, json_build_object('deal_id', $4::text), $4, 'system:test' FROM made
  ), logged AS (
    INSERT INTO zakops.event_log (position, event_id) SELECT position, id FROM made
  ), known AS (
    INSERT INTO zakops.consumer_progress AS p (consumer, position) SELECT $2, max(position) FROM made
    ON CONFLICT (consumer) DO UPDATE SET position = excluded.position
  )
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, reason_code, last_error,
    first_failed_at, last_attempt_at)
  SELECT id, $2, position, $3, zakops.stream_of('deal', $4), 'dead', 5, now(), $5, $6, now() - $7::interval, now() - $7::interval
    FROM made ORDER BY n
  RETURNING zakops.ticket_id(event_id, consumer) AS id`;

/** Writes published events that a consumer could not take, one by default; gives the ids of their dead letters, oldest first. */
export async function writeDeadLetters(database: TestDatabase, facts: DeadLetterFields = {}): Promise<readonly string[]> {
  const rows = await database.query<{ id: string }>(WRITE, [
    facts.count ?? 1,
    facts.consumer ?? 'mailer',
    facts.eventType ?? 'deal.updated',
    facts.aggregateId ?? 'DEAL-000001',
    facts.reasonCode ?? 'handler_error',
    facts.error ?? 'It broke.',
    facts.failedAgo ?? '1 minute',
  ]);
  return rows.map(({ id }) => id);
}
