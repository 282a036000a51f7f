import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { Retention } from '../src/retention/retention.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const PORTIONS = 10;
const EVENTS = 20_000;
const FAIL_EVERY = 1_000;
const KEEP_A_DAY = { EVENTS_RETENTION_DAYS: '1', OUTBOX_RETENTION_DAYS: '1', OUTBOX_ATTEMPTS_RETENTION_DAYS: '1' };

/** Fails the first attempt of one event in a thousand. */
@Injectable()
@EventConsumer({ name: 'soaked', events: ['*'] })
class SoakedConsumer implements SingleEventConsumer {
  handle({ event, attempt }: Delivery, _tx: Transaction): Promise<void> {
    return event.position % FAIL_EVERY === 0 && attempt === 1 ? Promise.reject(new Error('first attempt')) : Promise.resolve();
  }
}

type Sizes = Readonly<Record<string, number>>;

describe('tables under retention', () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    await prepare(bed);
    worker = await bed.start({ relay: true, providers: [SoakedConsumer], env: KEEP_A_DAY });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
  });
  afterAll(() => bed.dispose());

  it('stay as large as the first half has made them, while 200,000 events pass', async () => {
    const sizes: Sizes[] = [];
    for (let portion = 1; portion <= PORTIONS; portion += 1) {
      await append(bed, portion);
      await delivered(bed, portion * EVENTS);
      await bed.database.query(`UPDATE zakops.outbox_tickets SET delivered_at = now() - interval '2 days' WHERE status = 'delivered'`);
      await bed.database.query(`UPDATE zakops.outbox_attempts SET started_at = now() - interval '2 days'`);
      await settle(bed, portion);
      await worker.get(Retention).run(() => false);
      // What autovacuum does a little later.
      await bed.database.query(
        'VACUUM zakops.events, zakops.event_log, zakops.outbox_waiting, zakops.outbox_tickets, zakops.outbox_attempts',
      );
      sizes.push(await read(bed));
    }
    // Pages that vacuum could not cut off make it go up and down; without retention the second half would be twice the first.
    const peak = (half: readonly Sizes[], table: string): number => Math.max(...half.map((size) => size[table] ?? 0));
    const [early, late] = [sizes.slice(0, PORTIONS / 2), sizes.slice(PORTIONS / 2)];
    const grown = Object.keys(sizes[0] ?? {}).filter((table) => peak(late, table) > peak(early, table) * 1.3);
    expect(grown).toEqual([]);
    const left = await bed.database.query(
      `SELECT (SELECT count(*)::int FROM zakops.event_log) AS positions, (SELECT count(*)::int FROM zakops.events) AS events,
              (SELECT count(*)::int FROM zakops.outbox_tickets) AS tickets, (SELECT count(*)::int FROM zakops.outbox_attempts) AS attempts`,
    );
    expect(left).toEqual([{ positions: EVENTS, events: EVENTS, tickets: 0, attempts: 0 }]);
  }, 120_000);
});

/** Every event is published two days ago, and a consumer that no worker knows keeps the last portion. */
async function prepare(bed: OutboxTestbed): Promise<void> {
  await bed.database.query(`ALTER TABLE zakops.event_log ALTER COLUMN published_at SET DEFAULT now() - interval '2 days'`);
  await bed.database.query(
    `INSERT INTO zakops.consumer_progress (consumer, state, pattern, position) VALUES ('keeper', 'active', '^none', 0)`,
  );
}

async function settle(bed: OutboxTestbed, portion: number): Promise<void> {
  await bed.database.query(`UPDATE zakops.consumer_progress SET position = $1 WHERE consumer = 'keeper'`, [(portion - 1) * EVENTS]);
}

/** Ids grow with time, as those of events do. */
async function append(bed: OutboxTestbed, portion: number): Promise<void> {
  await bed.database.query(
    `WITH e AS (
       INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT lpad(to_hex($2::int + n), 32, '0')::uuid, 'deal.updated', 1, 'deal', 'DEAL-' || ($2::int + n), 1, '{"deal_id": "DEAL-000001", "changes": []}', 'c', 'system:test'
         FROM generate_series(1, $1::int) n
       RETURNING id, aggregate_type, aggregate_id)
     INSERT INTO zakops.outbox_waiting (event_id, stream) SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM e`,
    [EVENTS, (portion - 1) * EVENTS],
  );
}

async function delivered(bed: OutboxTestbed, position: number): Promise<void> {
  await waitFor(
    `position ${String(position)} and its retries`,
    async () => {
      await bed.skipWaits();
      const [row] = await bed.database.query<{ done: boolean }>(
        `SELECT p.position = $1 AND NOT EXISTS (SELECT FROM zakops.outbox_tickets WHERE status <> 'delivered') AS done
           FROM zakops.consumer_progress p WHERE consumer = 'soaked'`,
        [position],
      );
      return row?.done === true;
    },
    60_000,
  );
}

async function read(bed: OutboxTestbed): Promise<Sizes> {
  const rows = await bed.database.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_total_relation_size(oid)::int AS bytes FROM pg_class
      WHERE relnamespace = 'zakops'::regnamespace AND relname IN ('events', 'event_log', 'outbox_waiting', 'outbox_tickets', 'outbox_attempts')`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes]));
}
