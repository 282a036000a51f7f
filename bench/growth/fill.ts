import type pg from 'pg';

const AGGREGATES = 1_000;
const BASE_MS = 1_790_000_000_000;
const FILL_AT_ONCE = 500_000;
const PAYLOAD = JSON.stringify({
  deal_id: 'DEAL-000001',
  changes: [{ field: 'display_name', old_value: null, new_value: 'x'.repeat(415) }],
});

/** SQL of an id of version 7 that grows with `i`. */
const ID = `(lpad(to_hex(${String(BASE_MS)} + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid`;

/** Appends events as commands leave them, numbered from `first` on: about 500 bytes each, one waiting row each, of aggregates in turn. */
export async function appendEvents(client: pg.Client, first: number, count: number): Promise<void> {
  await client.query(
    `WITH appended AS (
       INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, data_bytes, correlation_id, actor)
       SELECT ${ID}, 'deal.updated', 1, 'deal', 'DEAL-' || lpad((i % $3)::text, 6, '0'), i / $3 + 1, $4::jsonb,
              octet_length($4::jsonb::text), 'DEAL-' || (i % $3), 'system:bench'
         FROM generate_series($1::bigint, $1::bigint + $2 - 1) AS i
       RETURNING id, aggregate_type, aggregate_id)
     INSERT INTO zakops.outbox_waiting (event_id, stream)
     SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM appended ORDER BY id`,
    [first, count, AGGREGATES, PAYLOAD],
  );
}

/** Fills an empty database with delivered tickets, each with a short event and a position of the log. */
export async function fillDelivered(client: pg.Client, count: number): Promise<void> {
  for (let first = 1; first <= count; first += FILL_AT_ONCE) {
    const last = Math.min(count, first + FILL_AT_ONCE - 1);
    await client.query(
      `WITH given AS MATERIALIZED (
         SELECT i, ${ID} AS id FROM generate_series($1::bigint, $2::bigint) AS i
       ), happened AS (
         INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, data_bytes, correlation_id, actor)
         SELECT id, 'deal.updated', 1, 'deal', 'OLD-' || i % $3, i / $3 + 1, '{}', 2, 'OLD-' || i % $3, 'system:bench' FROM given ORDER BY i
       ), logged AS (
         INSERT INTO zakops.event_log (position, event_id) SELECT i, id FROM given ORDER BY i
       ), moved AS (
         UPDATE zakops.event_log_head SET position = $2
       )
       INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, first_failed_at,
                                          last_attempt_at, delivered_at)
       SELECT id, 'bench-' || i % 3, i, 'deal.updated', i % $3, 'delivered', 2, now(), now(), now(), now() - (i % 600000) * interval '1 second'
         FROM given ORDER BY i`,
      [first, last, AGGREGATES],
    );
  }
  await client.query('UPDATE zakops.consumer_progress SET position = zakops.log_position()');
  await client.query(
    'VACUUM ANALYZE zakops.events, zakops.event_log, zakops.outbox_tickets, zakops.consumer_progress, zakops.outbox_waiting',
  );
  await client.query('CHECKPOINT');
}
