import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { CursorStore } from '../src/consume/cursor.store.js';
import { EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery } from '../src/index.js';
import { OutboxRelay } from '../src/relay/outbox-relay.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };

/** Stands for a consumer that calls another service: an effect outside of the database, which takes a while. */
@EventConsumer({ name: 'caller', events: ['deal.*'], concurrency: 3 })
@Injectable()
class Caller implements AwaitingEventConsumer {
  readonly calls: Delivery[] = [];
  readonly done: Delivery[] = [];
  active = 0;
  mostActive = 0;
  call: (delivery: Delivery, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  async handleAwaiting(delivery: Delivery, signal: AbortSignal): Promise<void> {
    this.calls.push(delivery);
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    try {
      await this.call(delivery, signal);
      this.done.push(delivery);
    } finally {
      this.active -= 1;
    }
  }
}

describe('consumers that wait for something else than the database', () => {
  let bed: OutboxTestbed;
  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  const worker = (env: Readonly<Record<string, string>> = {}): Promise<OutboxProcess> =>
    bed.start({ relay: true, providers: [Caller], env: { ...FAST, ...env } });
  const position = async (): Promise<number> =>
    (await bed.database.query<{ n: number }>(`SELECT position::int AS n FROM zakops.consumer_progress WHERE consumer = 'caller'`))[0]?.n ??
    -1;
  const openTransactions = (): Promise<readonly unknown[]> =>
    bed.database.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND application_name LIKE 'zakops-test%'`,
    );

  it('get each event with its id, a deal in order, several deals at the same time, and hold no transaction', async () => {
    const process = await worker();
    const caller = process.get(Caller);
    const { passed, open } = gate();
    caller.call = () => passed;
    await process.append(...Array.from({ length: 40 }, (_, n) => bed.event(n % 8)));
    await waitFor('three calls', () => caller.active === 3);
    expect(await openTransactions()).toEqual([]);
    open();
    await waitFor('all deliveries', async () => (await bed.statuses('caller'))['delivered'] === 40);
    expect(caller.mostActive).toBe(3);
    for (let deal = 0; deal < 8; deal += 1) {
      const seqs = caller.done
        .filter(({ event }) => event.aggregateId === `DEAL-00000${String(deal)}`)
        .map(({ event }) => event.aggregateSeq);
      expect(seqs).toEqual([1, 2, 3, 4, 5]);
    }
    expect(new Set(caller.done.map(({ event }) => event.id)).size).toBe(40);
    expect(await position()).toBe(40);
  });

  it('move the cursor over what is done, and not past a call that is under way', async () => {
    const process = await worker();
    const caller = process.get(Caller);
    const { passed, open } = gate();
    caller.call = ({ event }) => (event.position === 3 ? passed : Promise.resolve());
    await process.append(...Array.from({ length: 6 }, (_, n) => bed.event(n)));
    await waitFor('the other calls', () => caller.done.length === 5);
    await waitFor('the cursor', async () => (await position()) === 2);
    open();
    await waitFor('the end', async () => (await position()) === 6);
  });

  it('have only failed calls tried again, with the same id; the deal waits, the others go on; permanent errors are dead', async () => {
    const process = await worker();
    const caller = process.get(Caller);
    caller.call = ({ event, attempt }) => {
      if (event.aggregateId === 'DEAL-000001' && event.aggregateSeq === 1 && attempt === 1) return Promise.reject(new Error('503'));
      if (event.aggregateId === 'DEAL-000002' && event.aggregateSeq === 1)
        return Promise.reject(new PermanentDeliveryError('http_410', 'gone'));
      return Promise.resolve();
    };
    await process.append(...Array.from({ length: 12 }, (_, n) => bed.event(n % 4)));
    await waitFor('what is free', async () => (await bed.statuses('caller'))['delivered'] === 8);
    expect(await bed.statuses('caller')).toEqual({ delivered: 8, failed: 1, pending: 2, dead: 1 });
    await bed.skipWaits();
    await waitFor('the rest', async () => (await bed.statuses('caller'))['delivered'] === 11);
    const first = caller.calls.filter(({ event }) => event.aggregateId === 'DEAL-000001');
    expect(first.map(({ event, attempt }) => [event.aggregateSeq, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(first[0]?.event.id).toBe(first[1]?.event.id);
    const gaps = caller.done.filter(({ event }) => event.aggregateId === 'DEAL-000002').map(({ gap }) => gap);
    expect(gaps).toEqual([true, true]);
  });

  it('are cut off at their time limit, which counts as a failed attempt', async () => {
    const process = await worker({ OUTBOX_HANDLER_TIMEOUT: '0.3' });
    const caller = process.get(Caller);
    let aborted = false;
    caller.call = ({ event }, signal) =>
      event.aggregateId === 'DEAL-000001'
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(signal.reason as Error);
            });
          })
        : Promise.resolve();
    await process.append(bed.event(1), bed.event(2));
    await waitFor('the failure', async () => (await bed.statuses('caller'))['failed'] === 1);
    expect(aborted).toBe(true);
    expect(await bed.database.query('SELECT reason_code, attempts FROM zakops.outbox_tickets')).toEqual([
      { reason_code: 'timeout', attempts: 1 },
    ]);
  });

  it('come again after a worker that ended before the cursor moved: at least once, in order', async () => {
    const first = await worker();
    const before = first.get(Caller);
    const { passed, open } = gate();
    before.call = ({ event }) => (event.aggregateSeq === 3 ? passed : Promise.resolve());
    await first.append(...Array.from({ length: 5 }, () => bed.event(1)));
    await waitFor('two effects', () => before.done.length === 2);
    // Another worker takes over while the third call is under way.
    await bed.database.query(`UPDATE zakops.worker_leases SET expires_at = '-infinity' WHERE name = 'outbox'`);
    const second = await worker();
    const after = second.get(Caller);
    await waitFor('all deliveries', async () => (await position()) === 5, 15_000);
    const seqs = [...before.done, ...after.done].map(({ event }) => event.aggregateSeq);
    expect([...new Set(seqs)].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(after.done.map(({ event }) => event.aggregateSeq)).toEqual([...after.done.map(({ event }) => event.aggregateSeq)].sort());
    open();
  });

  it('lose nothing when their worker stops while it delivers one event at a time after a crash', async () => {
    const before = await worker();
    await before.append(bed.event(1));
    await waitFor('the first event', async () => (await position()) === 1);
    await before.close();
    // The worker before did not give its lease back.
    await bed.database.query(`UPDATE zakops.worker_leases SET owner = 'another', expires_at = now() WHERE name = 'outbox'`);
    const writer = await bed.start({ relay: false });
    await writer.append(...Array.from({ length: 5 }, (_, n) => bed.event(n + 2)));
    const careful = await worker();
    const caller = careful.get(Caller);
    const { passed, open } = gate();
    caller.call = () => passed;
    await waitFor('the call', () => caller.calls.length === 1);
    const closing = careful.close();
    await waitFor('the stop', () => careful.get(OutboxRelay).isStopping);
    open();
    await closing;
    expect(caller.done.map(({ event }) => event.position)).toEqual([2]);
    expect([await position(), await bed.statuses('caller')]).toEqual([2, { delivered: 2, pending: 4 }]);
    const next = await worker();
    await waitFor('the rest', async () => (await position()) === 6);
    expect(next.get(Caller).done.map(({ event }) => event.position)).toEqual([3, 4, 5, 6]);
  });

  it('are called no more by a worker that has lost their cursor', async () => {
    const process = await worker();
    const caller = process.get(Caller);
    const [first, second] = [gate(), gate()];
    caller.call = ({ event }) => (event.aggregateId === 'DEAL-000001' ? second.passed : first.passed);
    await process.append(bed.event(2), bed.event(1), bed.event(1), bed.event(1));
    await waitFor('both deals', () => caller.calls.length === 2);
    await bed.database.query(`UPDATE zakops.consumer_progress SET fence = fence + 1 WHERE consumer = 'caller'`);
    const load = jest.spyOn(process.get(CursorStore), 'load');
    first.open();
    await waitFor('the loss', () => load.mock.calls.length > 0);
    await load.mock.results[0]?.value;
    second.open();
    await waitFor('the end of the call', () => caller.active === 0);
    await process.close();
    expect(caller.calls.map(({ event }) => [event.aggregateId, event.aggregateSeq])).toEqual([
      ['DEAL-000002', 1],
      ['DEAL-000001', 1],
    ]);
  });
});
