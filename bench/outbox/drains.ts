import pg from 'pg';
import { clearRelay } from '../clear-relay.js';
import { openBenchContext } from './bench-context.js';
import { RelayBench } from './relay-bench.js';

const AGGREGATES = 1_000;
const PAYLOAD = JSON.stringify({
  deal_id: 'DEAL-000001',
  changes: [{ field: 'display_name', old_value: null, new_value: 'x'.repeat(415) }],
});
const BATCH = 1_000;

/** One thing to measure: prepares the tables, then drains them; gives events per second. */
export interface Drain {
  readonly name: string;
  measure(events: number): Promise<number>;
}

/** Opens the product's own parts on a database, and the reference beside them. */
export async function openDrains(url: string): Promise<{ drains: readonly Drain[]; close: () => Promise<void> }> {
  const { app, config } = await openBenchContext(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();

  const bench = await RelayBench.open(app, config);
  const drains: Drain[] = [
    {
      name: 'reference: SELECT 1000, UPDATE = ANY, COMMIT',
      measure: async (events) => {
        await fillReference(client, events);
        return rate(events, () => drainReference(client));
      },
    },
    {
      name: 'publishing',
      measure: async (events) => {
        await fillOutbox(client, events);
        return rate(events, () => bench.publishAll(events));
      },
    },
    ...[1, 3].map((count) => ({
      name: count === 1 ? 'ordered consumer' : `${String(count)} ordered consumers, deliveries`,
      measure: async (events: number) => {
        await fillOutbox(client, events);
        await bench.publishAll(events);
        await settle(client);
        return rate(events * count, () => bench.consume(events, count));
      },
    })),
    ...[1, 5].map((percent) => ({
      name: `ordered consumer, ${String(percent)} % poison`,
      measure: async (events: number) => {
        await fillOutbox(client, events);
        await bench.publishAll(events);
        await settle(client);
        return rate(events, () => bench.consume(events, 1, percent));
      },
    })),
    {
      name: 'publishing and an ordered consumer at once',
      measure: async (events) => {
        await fillOutbox(client, events);
        return rate(events, async () => {
          const [, consumed] = await Promise.all([bench.publishAll(events), bench.consume(events, 1)]);
          return consumed;
        });
      },
    },
  ];
  return {
    drains,
    close: async () => {
      await bench.close();
      await client.end();
      await app.close();
    },
  };
}

async function rate(expected: number, work: () => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  const done = await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  if (done !== expected) throw new Error(`Expected ${String(expected)} events and saw ${String(done)}.`);
  return done / seconds;
}

/** Waiting events as commands leave them: UUIDv7 ids, one that waits each, in order. */
async function fillOutbox(client: pg.Client, events: number): Promise<void> {
  await clearRelay(client);
  await client.query(
    `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, data_bytes, correlation_id, actor)
     SELECT (lpad(to_hex(1790000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
            'deal.updated', 1, 'deal', 'DEAL-' || lpad((i % $2)::text, 6, '0'), i / $2 + 1, $3::jsonb, octet_length($3::jsonb::text), 'bench', 'system:bench'
       FROM generate_series(0, $1::int - 1) AS i`,
    [events, AGGREGATES, PAYLOAD],
  );
  await client.query(
    `INSERT INTO zakops.outbox_waiting (event_id, stream)
     SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM zakops.events ORDER BY id`,
  );
  await settle(client);
}

async function settle(client: pg.Client): Promise<void> {
  await client.query(
    'VACUUM ANALYZE zakops.events, zakops.outbox_waiting, zakops.outbox_tickets, zakops.event_log, zakops.consumer_progress',
  );
  await client.query('CHECKPOINT');
}

/** The raw limit to compare with: one table with the payload, at least once, many workers possible, nothing else. */
async function fillReference(client: pg.Client, events: number): Promise<void> {
  await client.query('DROP TABLE IF EXISTS bench_reference');
  await client.query(
    `CREATE TABLE bench_reference (id bigserial PRIMARY KEY, status text NOT NULL DEFAULT 'pending', aggregate text NOT NULL,
       data jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
  );
  await client.query(
    `INSERT INTO bench_reference (aggregate, data) SELECT 'DEAL-' || (i % $2), $3::jsonb FROM generate_series(1, $1::int) AS i`,
    [events, AGGREGATES, PAYLOAD],
  );
  await client.query(`CREATE INDEX bench_reference_idx ON bench_reference (id) WHERE status = 'pending'`);
  await client.query('VACUUM ANALYZE bench_reference');
  await client.query('CHECKPOINT');
}

async function drainReference(client: pg.Client): Promise<number> {
  let total = 0;
  for (;;) {
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: string }>(
      `SELECT id, aggregate, data FROM bench_reference WHERE status = 'pending' ORDER BY id LIMIT ${String(BATCH)} FOR UPDATE SKIP LOCKED`,
    );
    if (rows.length > 0) {
      await client.query(`UPDATE bench_reference SET status = 'delivered' WHERE id = ANY ($1)`, [rows.map((row) => row.id)]);
    }
    await client.query('COMMIT');
    if (rows.length === 0) return total;
    total += rows.length;
  }
}
