import { SchedulerRegistry } from '@nestjs/schedule';
import { waitFor } from '#zakops/testing';
import { DeliveredCheck } from '../src/delivered-check/delivered-check.js';
import { DELIVERED_CHECK_JOB, DeliveredCheckSchedule } from '../src/delivered-check/delivered-check.schedule.js';
import { DeliveredCheckStore } from '../src/delivered-check/delivered-check.store.js';
import { Leadership } from '../src/lease/leadership.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const EVENTS = 5_000;
const NOT_DELIVERED = 20;

describe(DeliveredCheck.name, () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    worker = await bed.start({ relay: true });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
  });
  afterAll(() => bed.dispose());

  /** 5,000 events that two consumers have passed, counted rightly; the first consumer has tickets of some. */
  beforeEach(async () => {
    await bed.database.query(
      'TRUNCATE zakops.events, zakops.event_log, zakops.outbox_tickets, zakops.consumer_progress, zakops.delivered_checks, zakops.dlq_operations CASCADE',
    );
    await bed.database.query(
      `WITH e AS (
         INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
         SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'DEAL-' || n, n, '{}', 'c', 'system:test' FROM generate_series(1, $1::int) n
         RETURNING id, aggregate_seq)
       INSERT INTO zakops.event_log (position, event_id) SELECT aggregate_seq, id FROM e`,
      [EVENTS],
    );
    await bed.database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, event_type, stream, status, ordinal)
       SELECT l.event_id, 'one', 'deal.updated', l.position, CASE l.position % 2 WHEN 0 THEN 'dead' ELSE 'failed' END, l.position
         FROM zakops.event_log l WHERE l.position <= $1`,
      [NOT_DELIVERED],
    );
    await bed.database.query(`UPDATE zakops.event_log_head SET position = $1`, [EVENTS]);
    await bed.database.query(
      `INSERT INTO zakops.consumer_progress (consumer, delivered, position, pattern, state)
       VALUES ('one', $1, $3, '^deal', 'active'), ('two', $2, $3, '^deal', 'active')`,
      [EVENTS - NOT_DELIVERED, EVENTS, EVENTS],
    );
  });

  const counters = (): Promise<{ consumer: string; delivered: number }[]> =>
    bed.database.query(`SELECT consumer, delivered::int FROM zakops.consumer_progress ORDER BY consumer`);
  const noted = (): Promise<Record<string, unknown>[]> =>
    bed.database.query(`SELECT consumer, counter::int, counted::int, corrected FROM zakops.delivered_checks ORDER BY consumer`);
  const never = new AbortController().signal;

  const RIGHT_ONE = EVENTS - NOT_DELIVERED;

  it('finds nothing to correct where the counters are right, and notes when it looked', async () => {
    await worker.get(DeliveredCheck).run(never);
    expect(await noted()).toEqual([
      { consumer: 'log', counter: EVENTS, counted: EVENTS, corrected: false },
      { consumer: 'one', counter: RIGHT_ONE, counted: RIGHT_ONE, corrected: false },
      { consumer: 'two', counter: EVENTS, counted: EVENTS, corrected: false },
    ]);
    const [row] = await bed.database.query<{ fresh: boolean }>(
      `SELECT bool_and(checked_at > now() - interval '10 s') AS fresh FROM zakops.delivered_checks`,
    );
    expect(row?.fresh).toBe(true);
  });

  it('raises a counter that is too small, and leaves one alone that remembers purged events', async () => {
    await bed.database.query(`UPDATE zakops.consumer_progress SET delivered = delivered - 7 WHERE consumer = 'one'`);
    await bed.database.query(`UPDATE zakops.consumer_progress SET delivered = delivered + 100 WHERE consumer = 'two'`);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted()).slice(1)).toEqual([
      { consumer: 'one', counter: RIGHT_ONE - 7, counted: RIGHT_ONE, corrected: true },
      { consumer: 'two', counter: EVENTS + 100, counted: EVENTS, corrected: false },
    ]);
    expect(await counters()).toEqual([
      { consumer: 'one', delivered: RIGHT_ONE },
      { consumer: 'two', delivered: EVENTS + 100 },
    ]);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted())[1]).toEqual({ consumer: 'one', counter: RIGHT_ONE, counted: RIGHT_ONE, corrected: false });
  });

  it('does not take purged dead letters for delivered', async () => {
    await bed.database.query(`
      WITH gone AS (DELETE FROM zakops.outbox_tickets WHERE status = 'dead' RETURNING event_id, consumer),
           operation AS (INSERT INTO zakops.dlq_operations (id, kind, actor, filter, count) VALUES (gen_random_uuid(), 'purge', 'user:a', '{}', 10) RETURNING id)
      INSERT INTO zakops.dlq_operation_entries (entry_id, operation_id, event_id, consumer)
      SELECT zakops.ticket_id(event_id, consumer), operation.id, event_id, consumer FROM gone CROSS JOIN operation`);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted())[1]).toEqual({ consumer: 'one', counter: RIGHT_ONE, counted: RIGHT_ONE, corrected: false });
  });

  it('never touches the position of the log', async () => {
    await bed.database.query('UPDATE zakops.event_log_head SET position = $1', [EVENTS - 3]);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted())[0]).toEqual({ consumer: 'log', counter: EVENTS - 3, counted: EVENTS, corrected: false });
    expect(await bed.database.query('SELECT position::int FROM zakops.event_log_head')).toEqual([{ position: EVENTS - 3 }]);
  });

  it('works in small steps, and deliveries between two of them make no difference', async () => {
    await bed.database.query(`UPDATE zakops.consumer_progress SET delivered = delivered - 1 WHERE consumer = 'one'`);
    const store = worker.get(DeliveredCheckStore);
    const count = store.count.bind(store);
    const steps: number[] = [];
    const spy = jest.spyOn(store, 'count').mockImplementation(async (tx, from, to) => {
      const found = await count(tx, from, to);
      steps.push([...found.values()].reduce((sum, n) => sum + n, 0));
      // Another delivery is committed, with its count.
      await bed.database.query(
        `WITH delivered AS (DELETE FROM zakops.outbox_tickets WHERE event_id = (SELECT event_id FROM zakops.outbox_tickets LIMIT 1))
         UPDATE zakops.consumer_progress SET delivered = delivered + 1 WHERE consumer = 'one'`,
      );
      return found;
    });
    await worker.get(DeliveredCheck).run(never, 400);
    spy.mockRestore();
    expect(steps).toEqual([...Array.from({ length: 12 }, () => 1_200), 600]);
    const [one] = await counters();
    expect((await noted())[1]).toEqual({ consumer: 'one', counter: RIGHT_ONE - 1, counted: RIGHT_ONE, corrected: true });
    expect(one).toEqual({ consumer: 'one', delivered: RIGHT_ONE + steps.length });
  });

  it('ends between two steps when the worker stops, and notes nothing', async () => {
    const stop = new AbortController();
    const store = worker.get(DeliveredCheckStore);
    const spy = jest.spyOn(store, 'count').mockImplementation(() => {
      stop.abort();
      return Promise.resolve(new Map([['one', 1]]));
    });
    expect(await worker.get(DeliveredCheck).run(stop.signal, 1)).toEqual([]);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(await noted()).toEqual([]);
  });

  it('is run by the active worker, every night at 03:17 UTC', async () => {
    const job = worker.get(SchedulerRegistry).getCronJob(DELIVERED_CHECK_JOB);
    expect(String(job.cronTime.source)).toBe('17 3 * * *');
    expect(job.nextDate().toUTC().toFormat('HH:mm')).toBe('03:17');
    const standby = await bed.start({ relay: true });
    await standby.get(DeliveredCheckSchedule).runNightly();
    expect(await noted()).toEqual([]);
    await worker.get(DeliveredCheckSchedule).runNightly();
    expect(await noted()).toHaveLength(3);
  });
});
