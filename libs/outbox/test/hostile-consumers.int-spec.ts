import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { EventConsumer } from '../src/index.js';
import type { BatchEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { OutboxRelay } from '../src/relay/outbox-relay.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';

/** What a handler that hangs waits for: it never comes. */
const forever = (): Promise<void> => new Promise(() => undefined);

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };

/** Does as told for each event, and counts its calls. */
@EventConsumer({ name: 'hostile', events: ['deal.*'] })
@Injectable()
class Hostile implements SingleEventConsumer {
  readonly calls = new Map<string, number>();
  behave: (delivery: Delivery, tx: Transaction, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  async handle(delivery: Delivery, tx: Transaction, signal: AbortSignal): Promise<void> {
    const key = `${delivery.event.aggregateId}/${String(delivery.event.aggregateSeq)}`;
    this.calls.set(key, (this.calls.get(key) ?? 0) + 1);
    await tx.query(`INSERT INTO effects (event_id) VALUES ($1)`, [delivery.event.id]);
    await this.behave(delivery, tx, signal);
  }
}

/** Takes whole batches; refuses those of several events, and hangs at the second event of a deal. */
@EventConsumer({ name: 'hostile', events: ['deal.*'] })
@Injectable()
class HostileToBatches implements BatchEventConsumer {
  handleBatch(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length > 1) return Promise.reject(new Error('one at a time'));
    return deliveries[0]?.event.aggregateSeq === 2 ? forever() : Promise.resolve();
  }
}

describe('consumers that misbehave', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query('CREATE TABLE effects (event_id uuid PRIMARY KEY)');
  });

  afterEach(async () => {
    await bed.dispose();
  });

  const count = async (sql: string): Promise<number> => {
    const [row] = await bed.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`);
    return row?.n ?? -1;
  };
  const delivered = async (): Promise<number> => (await bed.statuses('hostile'))['delivered'] ?? 0;

  it('count an attempt when another service refuses the connection, and hold back nobody else', async () => {
    const writer = await bed.start({ relay: false });
    await writer.append(...Array.from({ length: 20 }, (_, index) => bed.event(index)));
    const worker = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    worker.get(Hostile).behave = ({ event }) =>
      event.aggregateId === 'DEAL-000007'
        ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:443'), { code: 'ECONNREFUSED' }))
        : Promise.resolve();
    await waitFor('the other deals', async () => (await delivered()) === 19, 5_000);
    expect(await bed.database.query(`SELECT attempts, last_error FROM zakops.outbox_tickets WHERE status = 'failed'`)).toEqual([
      { attempts: 1, last_error: 'connect ECONNREFUSED 192.0.2.1:443' },
    ]);
  });

  it('cost the others their time limit once, when they hang', async () => {
    const writer = await bed.start({ relay: false });
    await writer.append(...Array.from({ length: 64 }, (_, index) => bed.event(index)));
    const worker = await bed.start({
      relay: true,
      providers: [Hostile],
      env: { ...FAST, OUTBOX_HANDLER_TIMEOUT: '0.5' },
    });
    worker.get(Hostile).behave = ({ event }) => (event.aggregateId === 'DEAL-000040' ? forever() : Promise.resolve());
    await waitFor('the other deals', async () => (await delivered()) === 63);
    expect(worker.get(Hostile).calls.get('DEAL-000040/1')).toBe(1);
    expect(await bed.database.query(`SELECT attempts, reason_code FROM zakops.outbox_tickets WHERE status = 'failed'`)).toEqual([
      { attempts: 1, reason_code: 'timeout' },
    ]);
    expect(await count('effects')).toBe(63);
  });

  it('hang at one event of a batch: the earlier events of its aggregate are delivered before it fails', async () => {
    const writer = await bed.start({ relay: false });
    await writer.append(bed.event(1), bed.event(1), bed.event(1));
    await bed.start({ relay: true, providers: [HostileToBatches], env: { ...FAST, OUTBOX_HANDLER_TIMEOUT: '0.5' } });
    await waitFor('the failure', async () => (await bed.statuses('hostile'))['failed'] === 1);
    expect(await bed.statuses('hostile')).toEqual({ delivered: 1, failed: 1, pending: 1 });
    expect(await bed.database.query('SELECT ordinal::int, status FROM zakops.outbox_tickets ORDER BY ordinal')).toEqual([
      { ordinal: 2, status: 'failed' },
      { ordinal: 3, status: 'pending' },
    ]);
  });

  it('that swallow an error of the database are blamed themselves, not the next event', async () => {
    const writer = await bed.start({ relay: false });
    await writer.append(...Array.from({ length: 10 }, (_, index) => bed.event(index)));
    const worker = await bed.start({ relay: true, providers: [Hostile], env: { OUTBOX_POLL_INTERVAL: '5' } });
    worker.get(Hostile).behave = async ({ event }, tx) => {
      if (event.aggregateId === 'DEAL-000004') await tx.query('SELECT 1 / 0').catch(() => undefined);
    };
    await waitFor('the other deals', async () => (await delivered()) === 9);
    const failed = await bed.database.query(
      `SELECT e.aggregate_id, o.attempts FROM zakops.outbox_tickets o JOIN zakops.events e ON e.id = o.event_id WHERE o.status = 'failed'`,
    );
    expect(failed).toEqual([{ aggregate_id: 'DEAL-000004', attempts: 1 }]);
    expect(await count('effects')).toBe(9);
  });

  it('are slow: what they have done is committed by and by, not after the whole batch', async () => {
    const writer = await bed.start({ relay: false });
    await writer.append(...Array.from({ length: 30 }, (_, index) => bed.event(index % 3)));
    const worker = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    const hostile = worker.get(Hostile);
    const { passed, open } = gate();
    const now = performance.now.bind(performance);
    let lateMs = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + lateMs);
    try {
      hostile.behave = () => {
        // The tenth takes longer than a part may, and the eleventh is held.
        if (hostile.calls.size === 10) lateMs = 1_001;
        return hostile.calls.size === 11 ? passed : Promise.resolve();
      };
      await waitFor('the eleventh call', () => hostile.calls.size === 11);
      expect([await delivered(), await count('effects')]).toEqual([10, 10]);
      open();
      await waitFor('the rest', async () => (await delivered()) === 30);
    } finally {
      clock.mockRestore();
    }
    expect(await count('effects')).toBe(30);
    expect([...hostile.calls.values()]).toEqual(Array.from({ length: 30 }, () => 1));
  });

  it('are given nothing more once their worker stops', async () => {
    const worker = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    const hostile = worker.get(Hostile);
    let go: () => void = () => undefined;
    hostile.behave = () => new Promise((resolve) => (go = resolve));
    await worker.append(...Array.from({ length: 5 }, (_, index) => bed.event(index)));
    await waitFor('the call', () => hostile.calls.size === 1);
    const closing = worker.close();
    await waitFor('the stop', () => worker.get(OutboxRelay).isStopping);
    hostile.behave = () => Promise.resolve();
    go();
    await closing;
    expect(hostile.calls.size).toBe(1);
    expect(await bed.statuses('hostile')).toEqual({ delivered: 1, pending: 4 });
  });

  it('keep the lease of a worker that waits for them at a stop', async () => {
    const worker = await bed.start({ relay: true, providers: [Hostile], env: { ...FAST, OUTBOX_HANDLER_TIMEOUT: '20' } });
    const hostile = worker.get(Hostile);
    let go: () => void = () => undefined;
    hostile.behave = () => new Promise((resolve) => (go = resolve));
    await worker.append(bed.event(1));
    await waitFor('the call', () => hostile.calls.size === 1);
    const standby = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    const [{ end } = { end: '' }] = await bed.database.query<{ end: string }>(
      `SELECT expires_at::text AS "end" FROM zakops.worker_leases WHERE name = 'outbox'`,
    );
    const closing = worker.close();
    // Longer than a lease lasts.
    await waitFor('a lease that was renewed', async () => {
      const [lease] = await bed.database.query<{ fence: number; renewed: boolean }>(
        `SELECT fence::int, expires_at > $1::timestamptz + interval '4.5 seconds' AS renewed FROM zakops.worker_leases WHERE name = 'outbox'`,
        [end],
      );
      expect(lease?.fence).toBe(1);
      return lease?.renewed;
    });
    go();
    await closing;
    await waitFor('the next worker', async () => (await count(`zakops.worker_leases WHERE name = 'outbox' AND fence = 2`)) === 1);
    expect(standby.get(Hostile).calls.size).toBe(0);
    expect(await count('effects')).toBe(1);
  });

  it('hang at a stop: their events come again to the next worker, and the attempt does not count', async () => {
    // Without its end by the stop the handler would hang for longer than this test may take.
    const env = { ...FAST, SHUTDOWN_TIMEOUT: '2', OUTBOX_HANDLER_TIMEOUT: '300' };
    const worker = await bed.start({ relay: true, providers: [Hostile], env });
    const hostile = worker.get(Hostile);
    let interrupted: unknown;
    hostile.behave = (_delivery, _tx, signal) => {
      signal.addEventListener('abort', () => {
        interrupted = signal.reason as unknown;
      });
      return forever();
    };
    await worker.append(...Array.from({ length: 5 }, (_, index) => bed.event(index)));
    await waitFor('the call', () => hostile.calls.size === 1);
    await worker.close();
    expect(interrupted).toMatchObject({ name: 'DeliveryInterruptedError' });
    expect(await bed.statuses('hostile')).toEqual({ pending: 5 });
    expect(await count('effects')).toBe(0);
    const next = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    const attempts: number[] = [];
    next.get(Hostile).behave = ({ attempt }) => {
      attempts.push(attempt);
      return Promise.resolve();
    };
    await waitFor('the deliveries', async () => (await delivered()) === 5);
    expect(attempts).toEqual([1, 1, 1, 1, 1]);
  });

  it('are given an event once more when their worker gets its own lease again, and it has one effect', async () => {
    const worker = await bed.start({ relay: true, providers: [Hostile], env: FAST });
    const hostile = worker.get(Hostile);
    let go: () => void = () => undefined;
    hostile.behave = () => new Promise((resolve) => (go = resolve));
    await worker.append(bed.event(1));
    await waitFor('the call', () => hostile.calls.size === 1);
    // Another worker has had it in between: the fence has moved on.
    await bed.database.query(
      `UPDATE zakops.worker_leases SET owner = 'another', fence = fence + 1, expires_at = '-infinity' WHERE name = 'outbox'`,
    );
    await waitFor('the lease', async () => (await count(`zakops.worker_leases WHERE name = 'outbox' AND fence = 3`)) === 1);
    hostile.behave = () => Promise.resolve();
    go();
    await waitFor('the delivery', async () => (await delivered()) === 1);
    expect(hostile.calls.get('DEAL-000001/1')).toBe(2);
    expect(await count('effects')).toBe(1);
    expect(await count('zakops.outbox_attempts')).toBe(0);
  });
});
