import { SchedulerRegistry } from '@nestjs/schedule';
import { waitFor } from '#zakops/testing';
import { DeliveredCheck } from '../src/delivered-check/delivered-check.js';
import { DELIVERED_CHECK_JOB, DeliveredCheckSchedule } from '../src/delivered-check/delivered-check.schedule.js';
import { DeliveredCheckStore } from '../src/delivered-check/delivered-check.store.js';
import { Leadership } from '../src/lease/leadership.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const TICKETS = 5_000;

describe(DeliveredCheck.name, () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    worker = await bed.start({ relay: true });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
  });
  afterAll(() => bed.dispose());

  /** 5,000 delivered tickets of two consumers and of the log, counted rightly, and some that are not delivered. */
  beforeEach(async () => {
    await bed.database.query('TRUNCATE zakops.outbox, zakops.consumer_progress, zakops.delivered_checks');
    await bed.database.query(
      `INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, ordinal, delivered_at)
       SELECT gen_random_uuid(), c.consumer, 'deal.updated', n, 'delivered', n, now()
         FROM generate_series(1, $1::int) n, (VALUES ('log'), ('one'), ('two')) c(consumer)`,
      [TICKETS],
    );
    await bed.database.query(
      `INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, ordinal)
       SELECT gen_random_uuid(), 'one', 'deal.updated', n, s.status, n FROM generate_series(1, 10) n, (VALUES ('dead'), ('failed')) s(status)`,
    );
    await bed.database.query(`UPDATE zakops.event_log_head SET position = $1`, [TICKETS]);
    await bed.database.query(`INSERT INTO zakops.consumer_progress VALUES ('one', $1, now()), ('two', $1, now())`, [TICKETS]);
  });

  const counters = (): Promise<{ consumer: string; delivered: number }[]> =>
    bed.database.query(`SELECT consumer, delivered::int FROM zakops.consumer_progress ORDER BY consumer`);
  const noted = (): Promise<Record<string, unknown>[]> =>
    bed.database.query(`SELECT consumer, counter::int, counted::int, corrected FROM zakops.delivered_checks ORDER BY consumer`);
  const never = new AbortController().signal;

  it('finds nothing to correct where the counters are right, and notes when it looked', async () => {
    await worker.get(DeliveredCheck).run(never);
    const right = { counter: TICKETS, counted: TICKETS, corrected: false };
    expect(await noted()).toEqual(['log', 'one', 'two'].map((consumer) => ({ consumer, ...right })));
    const [row] = await bed.database.query<{ fresh: boolean }>(
      `SELECT bool_and(checked_at > now() - interval '10 s') AS fresh FROM zakops.delivered_checks`,
    );
    expect(row?.fresh).toBe(true);
  });

  it('raises a counter that is too small, and leaves one alone that remembers purged tickets', async () => {
    await bed.database.query(`UPDATE zakops.consumer_progress SET delivered = delivered - 7 WHERE consumer = 'one'`);
    await bed.database.query(`DELETE FROM zakops.outbox WHERE consumer = 'two' AND ordinal <= 100`);
    await worker.get(DeliveredCheck).run(never);
    expect(await noted()).toEqual([
      { consumer: 'log', counter: TICKETS, counted: TICKETS, corrected: false },
      { consumer: 'one', counter: TICKETS - 7, counted: TICKETS, corrected: true },
      { consumer: 'two', counter: TICKETS, counted: TICKETS - 100, corrected: false },
    ]);
    expect(await counters()).toEqual([
      { consumer: 'one', delivered: TICKETS },
      { consumer: 'two', delivered: TICKETS },
    ]);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted())[1]).toEqual({ consumer: 'one', counter: TICKETS, counted: TICKETS, corrected: false });
  });

  it('never touches the position of the log', async () => {
    await bed.database.query('UPDATE zakops.event_log_head SET position = $1', [TICKETS - 3]);
    await worker.get(DeliveredCheck).run(never);
    expect((await noted())[0]).toEqual({ consumer: 'log', counter: TICKETS - 3, counted: TICKETS, corrected: false });
    expect(await bed.database.query('SELECT position::int FROM zakops.event_log_head')).toEqual([{ position: TICKETS - 3 }]);
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
        `WITH delivered AS (
           INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, ordinal, delivered_at)
           VALUES (gen_random_uuid(), 'one', 'deal.updated', 1, 'delivered', 1, now()))
         UPDATE zakops.consumer_progress SET delivered = delivered + 1 WHERE consumer = 'one'`,
      );
      return found;
    });
    await worker.get(DeliveredCheck).run(never, 20);
    spy.mockRestore();
    expect(steps.length).toBeGreaterThan(10);
    // Twenty pages of 8 KiB.
    expect(Math.max(...steps)).toBeLessThan(2_500);
    expect(steps.reduce((sum, n) => sum + n, 0)).toBe(3 * TICKETS);
    const [one] = await counters();
    expect((await noted())[1]).toEqual({ consumer: 'one', counter: TICKETS - 1, counted: TICKETS, corrected: true });
    expect(one).toEqual({ consumer: 'one', delivered: TICKETS + steps.length });
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
