import { ContributesRetention, UnitOfWork } from '#zakops/database';
import type { RetentionContributor, Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { ProcessHeartbeat } from '#zakops/processes';
import { waitFor } from '#zakops/testing';
import { LogReaders } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { Retention } from '../src/retention/retention.js';
import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { RetentionSchedule } from '../src/retention/retention.schedule.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const never = (): boolean => false;

@ContributesRetention()
@Injectable()
class ProbeArchive implements RetentionContributor {
  readonly table = 'probe_archive';
  readonly days = 30;
  readonly purge = `
    WITH gone AS (
      DELETE FROM zakops.probe_archive WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM zakops.probe_archive WHERE archived_at < now() - $1 * interval '1 day' LIMIT $2)) RETURNING 1)
    SELECT count(*)::int AS n FROM gone`;
  readonly oldest = 'SELECT min(archived_at) FROM zakops.probe_archive';
}

describe(Retention.name, () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;
  let retention: Retention;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    worker = await bed.start({ relay: true, env: { EVENTS_RETENTION_DAYS: '30' } });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
    retention = worker.get(Retention);
  });
  afterEach(() => bed.dispose());

  /** Tickets of a consumer with two attempts each, the first at position 1. */
  const tickets = async (consumer: string, count: number, status: string, daysAgo: number): Promise<void> => {
    await bed.database.query(
      `WITH t AS (
         INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, delivered_at)
         SELECT gen_random_uuid(), $1, n, 'deal.updated', n, $3, 3, CASE $3 WHEN 'delivered' THEN now() - $4 * interval '1 day' END
           FROM generate_series(1, $2::int) n
         RETURNING event_id, consumer)
       INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
       SELECT event_id, consumer, 0, a, now() - $4 * interval '1 day', 1, 'handler_error', 'x' FROM t CROSS JOIN generate_series(1, 2) a`,
      [consumer, count, status, daysAgo],
    );
  };
  const count = async (from: string): Promise<number> => {
    const [row] = await bed.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM zakops.${from}`);
    return row?.n ?? -1;
  };
  const consumer = (name: string, state: string): Promise<unknown> =>
    bed.database.query(`INSERT INTO zakops.consumer_progress (consumer, state, pattern, by_tickets) VALUES ($1, $2, '^deal', false)`, [
      name,
      state,
    ]);

  it('removes delivered tickets older than seven days, and nothing that is still open', async () => {
    await consumer('one', 'active');
    await tickets('one', 6_000, 'delivered', 8);
    await tickets('one', 5, 'delivered', 6);
    for (const status of ['pending', 'processing', 'failed', 'dead']) await tickets('one', 3, status, 40);
    await retention.run(never);
    expect(await count('outbox_tickets')).toBe(17);
    expect(await count(`outbox_tickets WHERE status = 'delivered'`)).toBe(5);
  });

  it('keeps attempts for thirty days, also when their tickets are gone, and those of open tickets for longer', async () => {
    await tickets('one', 3, 'delivered', 40);
    await tickets('one', 5, 'delivered', 8);
    await tickets('one', 3_000, 'dead', 40);
    await retention.run(never);
    expect(await count('outbox_tickets')).toBe(3_000);
    expect(await count('outbox_attempts')).toBe(3_005 * 2);
    await bed.database.query(`DELETE FROM zakops.outbox_tickets WHERE ordinal > 10`);
    await retention.run(never);
    expect(await count('outbox_attempts')).toBe((10 + 5) * 2);
  });

  it('keeps everything when the settings say 0', async () => {
    const keeps = await bed.start({
      relay: true,
      env: { OUTBOX_RETENTION_DAYS: '0', OUTBOX_ATTEMPTS_RETENTION_DAYS: '0', INBOX_RETENTION_DAYS: '0', EVENTS_RETENTION_DAYS: '0' },
    });
    await tickets('one', 4, 'delivered', 400);
    await log(bed, 4, 400);
    await bed.database.query(
      `INSERT INTO zakops.inbox (consumer, event_id, processed_at) SELECT 'one', gen_random_uuid(), now() - interval '400 days' FROM generate_series(1, 4)`,
    );
    await keeps.get(Retention).run(never);
    const left = await Promise.all(['outbox_tickets', 'outbox_attempts', 'inbox', 'event_log', 'events'].map(count));
    expect(left).toEqual([4, 8, 4, 4, 4]);
  });

  it('removes what another module contributes, in portions', async () => {
    await bed.database.query(`CREATE TABLE zakops.probe_archive AS
      SELECT n, now() - CASE WHEN n <= 12000 THEN interval '31 days' ELSE interval '29 days' END AS archived_at FROM generate_series(1, 12010) n`);
    await bed.database.query('GRANT SELECT, DELETE ON zakops.probe_archive TO PUBLIC');
    const other = await bed.start({ relay: true, providers: [ProbeArchive] });
    await other.get(Retention).run(never);
    expect(await count('probe_archive')).toBe(10);
  });

  it('removes all tickets of a removed consumer at once, whatever their state, and none of another one', async () => {
    await consumer('gone', 'removed');
    await consumer('stays', 'active');
    for (const status of ['pending', 'failed', 'dead', 'delivered']) {
      await tickets('gone', 700, status, 0);
      await tickets('stays', 3, status, 0);
    }
    await retention.run(never);
    expect(await count(`outbox_tickets WHERE consumer = 'gone'`)).toBe(0);
    expect(await count(`outbox_attempts WHERE consumer = 'gone'`)).toBe(0);
    expect(await count('outbox_tickets')).toBe(12);
    expect(await count('outbox_attempts')).toBe(24);
  });

  it('removes what version 0.3 left when it is older than seven days, in several portions', async () => {
    await bed.database.query(
      `INSERT INTO zakops.outbox_history (event_id, consumer, ordinal, event_type, stream, status, delivered_at)
       SELECT gen_random_uuid(), 'one', n, 'deal.updated', n, 'delivered', now() - CASE WHEN n % 10 = 0 THEN interval '6 days' ELSE interval '8 days' END
         FROM generate_series(1, 12000) n`,
    );
    await bed.database.query(
      `INSERT INTO zakops.inbox (consumer, event_id, processed_at)
       SELECT 'c' || n % 3, gen_random_uuid(), now() - CASE WHEN n % 10 = 0 THEN interval '6 days' ELSE interval '8 days' END
         FROM generate_series(1, 12000) n`,
    );
    await retention.run(never);
    expect([await count('outbox_history'), await count('inbox')]).toEqual([1_200, 1_200]);
  });

  it('ends between two portions when it must, and the next run goes on', async () => {
    await consumer('gone', 'removed');
    await tickets('gone', 2_000, 'dead', 0);
    let portions = 0;
    await retention.run(() => (portions += 1) > 1);
    expect(await count('outbox_tickets')).toBe(1_200);
    await retention.run(never);
    expect(await count('outbox_tickets')).toBe(0);
  });

  it('removes events when the setting says so, from the start of the log and in one row', async () => {
    await log(bed, 12_000, 40);
    await log(bed, 10, 20);
    await retention.run(never);
    expect(await bounds(bed)).toEqual({ first: 12_001, last: 12_010, positions: 10, events: 10, start: 12_000 });
  });

  it('is run by the active worker alone, by a timer that Nest lists, and tells how it went', async () => {
    expect(worker.get(SchedulerRegistry).doesExist('interval', 'outbox-retention')).toBe(true);
    await consumer('gone', 'removed');
    await tickets('gone', 1, 'dead', 0);
    const standby = await bed.start({ relay: true });
    await standby.get(RetentionSchedule).runNow();
    expect(await count('outbox_tickets')).toBe(1);
    await bed.database.query('ALTER TABLE zakops.outbox_tickets RENAME TO outbox_hidden');
    await worker.get(RetentionSchedule).runNow();
    expect(worker.get(ProcessHeartbeat).loop('retention')).toMatchObject({ failures: 1 });
    await bed.database.query('ALTER TABLE zakops.outbox_hidden RENAME TO outbox_tickets');
    await worker.get(RetentionSchedule).runNow();
    expect(await count('outbox_tickets')).toBe(0);
    expect(worker.get(ProcessHeartbeat).loop('retention')).toMatchObject({ failures: 0, lastError: undefined });
  });
});

describe('zakops.purge_events', () => {
  let bed: OutboxTestbed;
  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  const purge = async (days: number, most = 5_000): Promise<number> => {
    const [row] = await bed.database.query<{ n: number }>(`SELECT zakops.purge_events($1 * interval '1 day', $2)::int AS n`, [days, most]);
    return row?.n ?? -1;
  };
  const cursor = (name: string, state: string, position: number): Promise<unknown> =>
    bed.database.query(`INSERT INTO zakops.consumer_progress (consumer, state, pattern, position) VALUES ($1, $2, '^deal', $3)`, [
      name,
      state,
      position,
    ]);
  const ticket = (position: number, status: string): Promise<unknown> =>
    bed.database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, delivered_at)
       SELECT event_id, 'one', position, 'deal.updated', 1, $2, CASE $2 WHEN 'delivered' THEN now() END FROM zakops.event_log WHERE position = $1`,
      [position, status],
    );

  it('removes at most what it is asked for, the oldest', async () => {
    await log(bed, 100, 10);
    expect(await purge(5, 30)).toBe(30);
    expect(await bounds(bed)).toEqual({ first: 31, last: 100, positions: 70, events: 70, start: 30 });
  });

  it('never removes the last position, so that the next one is not given twice', async () => {
    await log(bed, 100, 10);
    expect([await purge(5), await purge(5)]).toEqual([99, 0]);
    expect(await bounds(bed)).toMatchObject({ first: 100, last: 100 });
  });

  it.each(['active', 'registered'])('removes nothing that a consumer in state %s has not passed', async (state) => {
    await log(bed, 100, 10);
    await cursor('ahead', 'active', 100);
    await cursor('behind', state, 40);
    expect([await purge(5), await purge(5)]).toEqual([40, 0]);
    expect(await bounds(bed)).toMatchObject({ first: 41, start: 40 });
  });

  it('removes nothing that a reader of the log has not read, until its claim is renewed, released or over', async () => {
    await log(bed, 100, 10);
    const reader = await bed.start({ relay: false });
    const readers = reader.get(LogReaders);
    const inOne = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => reader.get(UnitOfWork).run(work);
    expect(await inOne((tx) => readers.hold(tx, 'replay-1', 0, 60_000))).toBe(0);
    expect(await purge(5)).toBe(0);
    await inOne((tx) => readers.hold(tx, 'replay-1', 30, 60_000));
    expect([await purge(5), await purge(5)]).toEqual([30, 0]);
    // What is gone already cannot be kept.
    expect(await inOne((tx) => readers.hold(tx, 'replay-2', 10, 1))).toBe(30);
    await inOne((tx) => readers.release(tx, 'replay-1'));
    await waitFor('the end of the claim', async () => (await purge(5)) === 69);
    await bed.database.query(`UPDATE zakops.log_readers SET until = now() - interval '25 hours'`);
    await inOne((tx) => readers.forgetEnded(tx));
    expect(await bed.database.query('SELECT FROM zakops.log_readers')).toHaveLength(0);
  });

  it('does not wait for a removed consumer', async () => {
    await log(bed, 100, 10);
    await cursor('gone', 'removed', 0);
    expect(await purge(5)).toBe(99);
  });

  it.each(['pending', 'processing', 'failed', 'dead'])('keeps an event with a ticket that is %s, and all after it', async (status) => {
    await log(bed, 100, 10);
    await ticket(50, status);
    await ticket(20, 'delivered');
    expect([await purge(5), await purge(5)]).toEqual([49, 0]);
    expect(await bounds(bed)).toMatchObject({ first: 50, positions: 51 });
  });

  it('keeps an event of a dead letter in the archive, and all after it, until it leaves the archive', async () => {
    await log(bed, 100, 10);
    const columns =
      'entry_id, event_id, consumer, event_type, aggregate_type, aggregate_id, correlation_id, failed_at, ticket, attempts, archived_by';
    await bed.database.query(
      `CREATE TABLE IF NOT EXISTS zakops.dead_letter_archive AS
       SELECT id AS entry_id, id AS event_id, type AS consumer, type AS event_type, aggregate_type, aggregate_id, correlation_id,
              now() AS failed_at, data AS ticket, data AS attempts, actor AS archived_by FROM zakops.events LIMIT 0`,
    );
    await bed.database.query('GRANT SELECT ON zakops.dead_letter_archive TO PUBLIC');
    await bed.database.query(
      `INSERT INTO zakops.dead_letter_archive (${columns})
       SELECT gen_random_uuid(), e.id, 'one', e.type, e.aggregate_type, e.aggregate_id, e.correlation_id, now(), '{}', '[]', 'user:x'
         FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id WHERE l.position = 30`,
    );
    expect([await purge(5), await purge(5)]).toEqual([29, 0]);
    await bed.database.query('DELETE FROM zakops.dead_letter_archive');
    expect(await purge(5)).toBe(70);
  });

  it('keeps what is younger, and what follows it although it says to be older', async () => {
    await log(bed, 50, 10);
    await log(bed, 1, 2);
    await log(bed, 49, 10);
    expect([await purge(5), await purge(5)]).toEqual([50, 0]);
    expect(await bounds(bed)).toMatchObject({ first: 51, positions: 50 });
  });

  it('leaves events alone that have no position yet', async () => {
    await log(bed, 10, 10);
    const writer = await bed.start({ relay: false });
    await writer.append(bed.event(1));
    expect(await purge(5)).toBe(9);
    expect(await bounds(bed)).toMatchObject({ positions: 1, events: 2 });
  });

  it.each([
    [0, 100],
    [0.5, 100],
    [5, 0],
    [5, 5_001],
    [null, 100],
    [5, null],
  ])('refuses %p days and %p events', async (days, most) => {
    await log(bed, 10, 10);
    const call = bed.database.query(`SELECT zakops.purge_events($1 * interval '1 day', $2)`, [days, most]);
    await expect(call).rejects.toMatchObject({ code: '22023' });
  });

  it('waits for a worker that takes over, and then sees where its new consumers begin', async () => {
    await log(bed, 100, 10);
    const taking = await bed.database.connect();
    await taking.query('BEGIN');
    await taking.query('SELECT 1 FROM zakops.event_log_epoch FOR SHARE');
    await taking.query(`INSERT INTO zakops.consumer_progress (consumer, state, pattern, position) VALUES ('new', 'active', '^deal', 10)`);
    const other = await bed.database.connect();
    const purging = other.query<{ n: number }>(`SELECT zakops.purge_events(interval '5 days', 5000)::int AS n`);
    await waitFor('the purge to wait', async () => {
      const [row] = await bed.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.n === 1;
    });
    await taking.query('COMMIT');
    expect((await purging).rows).toEqual([{ n: 10 }]);
  });

  it('may be called by the run-time role, which may not remove events itself', async () => {
    await log(bed, 10, 10);
    const worker = await bed.start({ relay: true, env: { EVENTS_RETENTION_DAYS: '1' } });
    await worker.get(Retention).run(never);
    expect(await bounds(bed)).toMatchObject({ first: 10, positions: 1 });
  });

  it('finds the start of the log without reading what was removed before', async () => {
    await log(bed, 5_000, 10);
    const reader = await bed.database.connect();
    // The oldest snapshot keeps every removed row where it is.
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT 1 FROM zakops.event_log LIMIT 1');
    for (let n = 0; n < 9; n += 1) await purge(5, 500);
    const plan = await bed.database.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT l.position FROM zakops.event_log l
        WHERE l.position > (SELECT s.position FROM zakops.event_log_start s) ORDER BY l.position LIMIT 1`,
    );
    const read = plan[0]?.['QUERY PLAN'][0].Plan;
    expect((read?.['Shared Hit Blocks'] ?? 0) + (read?.['Shared Read Blocks'] ?? 0)).toBeLessThan(12);
  });
});

/** Publishes events so many days ago. */
async function log(bed: OutboxTestbed, count: number, daysAgo: number): Promise<void> {
  await bed.database.query(
    `WITH given AS (
       SELECT gen_random_uuid() AS id, zakops.log_position() + n AS position FROM generate_series(1, $1::int) n
     ), e AS (
       INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT id, 'deal.updated', 1, 'deal', $3, position, '{}', 'c', 'system:test' FROM given)
     INSERT INTO zakops.event_log (position, event_id, published_at) SELECT position, id, now() - $2 * interval '1 day' FROM given`,
    [count, daysAgo, uuidV7()],
  );
  await bed.database.query('UPDATE zakops.event_log_head SET position = zakops.log_position()');
}

async function bounds(bed: OutboxTestbed): Promise<unknown> {
  const [row] = await bed.database.query(
    `SELECT (SELECT min(position)::int FROM zakops.event_log) AS first, (SELECT max(position)::int FROM zakops.event_log) AS last,
            (SELECT count(*)::int FROM zakops.event_log) AS positions, (SELECT count(*)::int FROM zakops.events) AS events,
            (SELECT position::int FROM zakops.event_log_start) AS start`,
  );
  return row;
}
