import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import { DatabaseConfig, DatabaseConnector, DatabaseModule, Database, UnitOfWork } from '#zakops/database';
import { Metrics } from '#zakops/metrics';
import { OutboxConfig } from '#zakops/outbox';
import { ProcessIdentity } from '#zakops/processes';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { ConsumerRunner } from '../libs/outbox/src/consume/consumer-runner.js';
import { Inbox } from '../libs/outbox/src/consume/inbox.js';
import { Leadership } from '../libs/outbox/src/lease/leadership.js';
import { WorkerLease } from '../libs/outbox/src/lease/worker-lease.js';
import { LogEpoch } from '../libs/outbox/src/log/log-epoch.js';
import { Publisher } from '../libs/outbox/src/publish/publisher.js';
import { RelayMetrics } from '../libs/outbox/src/relay/relay.metrics.js';
import { TicketStore } from '../libs/outbox/src/tickets/ticket-store.js';
import { MIGRATIONS } from '../migrations/index.js';

const AGGREGATES = 1_000;
const PAYLOAD = JSON.stringify({
  deal_id: 'DEAL-000001',
  changes: [{ field: 'display_name', old_value: null, new_value: 'x'.repeat(415) }],
});
const BATCH = 1_000;
const CONSUMER = 'bench';

/** One thing to measure: prepares the tables, then drains them; gives events per second. */
export interface Drain {
  readonly name: string;
  measure(events: number): Promise<number>;
}

/** Opens the product's own parts on a database, and the reference beside them. */
export async function openDrains(url: string): Promise<{ drains: readonly Drain[]; close: () => Promise<void> }> {
  const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig], { DATABASE_URL: url });

  class BenchModule {}
  Module({})(BenchModule);
  const app = await NestFactory.createApplicationContext(
    {
      module: BenchModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot({ applicationName: 'zakops-bench', migrations: MIGRATIONS })],
    },
    { logger: false },
  );
  await app.get(DatabaseConnector).whenConnected();
  const database = app.get(Database);
  const client = new pg.Client({ connectionString: url });
  await client.connect();

  const leadership = new Leadership(
    new WorkerLease(database),
    new LogEpoch(database),
    new ProcessIdentity('outbox-worker', config.get(RuntimeConfig)),
  );
  await leadership.maintain(() => ({}));
  const heartbeat = setInterval(() => void leadership.maintain(() => ({})), 2_000);
  const publisher = new Publisher(database);
  const fence = (): string => leadership.fence ?? '';

  const publishAll = async (subscribed: boolean): Promise<number> => {
    const subscriptions = subscribed ? [{ consumer: CONSUMER, pattern: '^(?:deal\\..*)$' }] : [];
    let total = 0;
    for (;;) {
      const { published } = await publisher.publish(fence(), BATCH, subscriptions);
      if (published === 0) return total;
      total += published;
    }
  };

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
        return rate(events, () => publishAll(false));
      },
    },
    {
      name: 'publishing, with tickets for one consumer',
      measure: async (events) => {
        await fillOutbox(client, events);
        return rate(events, () => publishAll(true));
      },
    },
    {
      name: 'ordered consumer (lease, inbox, one transaction a batch)',
      measure: async (events) => {
        await fillOutbox(client, events);
        await publishAll(true);
        await client.query('VACUUM ANALYZE zakops.outbox, zakops.events, zakops.event_log');
        await client.query('CHECKPOINT');
        let delivered = 0;
        const runner = new ConsumerRunner(
          { name: CONSUMER, eventsRegex: '', onDead: 'skip', instance: { handle: () => Promise.resolve() } },
          {
            tickets: new TicketStore(database),
            inbox: new Inbox(),
            unitOfWork: app.get(UnitOfWork),
            leadership,
            config: config.get(OutboxConfig),
            metrics: new RelayMetrics(new Metrics()),
            onDelivered: (count: number) => {
              delivered += count;
            },
          },
        );
        const speed = await rate(events, async () => {
          runner.wake();
          while (delivered < events) await sleep(1);
          return delivered;
        });
        await runner.stop();
        return speed;
      },
    },
  ];
  return {
    drains,
    close: async () => {
      clearInterval(heartbeat);
      await leadership.release();
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

/** Waiting events as commands leave them: UUIDv7 ids, tickets of consumer `log` in order. */
async function fillOutbox(client: pg.Client, events: number): Promise<void> {
  await client.query('TRUNCATE zakops.events, zakops.outbox, zakops.event_log, zakops.inbox');
  await client.query('UPDATE zakops.event_log_head SET position = 0');
  await client.query(
    `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
     SELECT (lpad(to_hex(1790000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
            'deal.updated', 1, 'deal', 'DEAL-' || lpad((i % $2)::text, 6, '0'), i / $2 + 1, $3::jsonb, 'bench', 'system:bench'
       FROM generate_series(0, $1::int - 1) AS i`,
    [events, AGGREGATES, PAYLOAD],
  );
  await client.query(
    `INSERT INTO zakops.outbox (event_id, consumer, event_type, stream)
     SELECT id, 'log', type, zakops.stream_of(aggregate_type, aggregate_id) FROM zakops.events ORDER BY id`,
  );
  await client.query('VACUUM ANALYZE zakops.events, zakops.outbox, zakops.event_log, zakops.inbox');
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
