import { UnitOfWork } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DeadLetterStore, EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import type { Pause } from '../src/pauses/pause.js';
import { PauseSet } from '../src/pauses/pause-set.js';
import { PauseWatch } from '../src/pauses/pause-watch.js';
import { HeldTicketStore } from '../src/pauses/held-ticket.store.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { Pauses } from './pause-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.05' };
const IN_FORCE_WITHIN_MS = 2_000;

interface Recorder {
  readonly type: Type<unknown>;
  /** `<deal>:<number of the event in its life>`, in the order of delivery. */
  readonly seen: string[];
  readonly poison: Set<string>;
}

function nameOf({ event }: Delivery): string {
  return `${String(Number(event.aggregateId.slice(-6)))}:${String(event.aggregateSeq)}`;
}

function recorder(name = 'mailer'): Recorder {
  const seen: string[] = [];
  const poison = new Set<string>();
  @EventConsumer({ name, events: ['deal.*'] })
  @Injectable()
  class Recording implements SingleEventConsumer {
    handle(delivery: Delivery): Promise<void> {
      if (poison.has(nameOf(delivery))) return Promise.reject(new PermanentDeliveryError('gone', 'It is gone.'));
      seen.push(nameOf(delivery));
      return Promise.resolve();
    }
  }
  return { type: Recording, seen, poison };
}

describe('a pause of deliveries', () => {
  let bed: OutboxTestbed;
  let writer: OutboxProcess;
  let pauses: Pauses;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    writer = await bed.start({ relay: false });
    pauses = new Pauses(writer);
  });
  afterEach(() => bed.dispose());

  const work = async (types: readonly Type<unknown>[], env: Readonly<Record<string, string>> = {}): Promise<OutboxProcess> => {
    const worker = await bed.start({ relay: true, providers: [...types], env: { ...FAST, ...env } });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
    return worker;
  };
  /** Begins a pause, and waits until the worker knows it. */
  const begin = async (worker: OutboxProcess, ...given: Parameters<Pauses['begin']>): Promise<Pause> => {
    const pause = await pauses.begin(...given);
    await waitFor('the worker to know', () => worker.get(PauseWatch).current !== PauseSet.NONE);
    return pause;
  };
  const append = (...deals: readonly number[]): Promise<void> => writer.append(...deals.map((deal) => bed.event(deal)));
  const seen = ({ seen: of }: Recorder, count: number): Promise<unknown> =>
    waitFor(`${String(count)} deliveries`, () => of.length === count);
  const position = async (consumer = 'mailer'): Promise<number> =>
    (
      await bed.database.query<{ at: number }>('SELECT position::int AS at FROM zakops.consumer_progress WHERE consumer = $1', [consumer])
    )[0]?.at ?? -1;
  const tickets = (): Promise<readonly Record<string, unknown>[]> =>
    bed.database.query(
      `SELECT ordinal::int AS n, status, due_at > now() AS later, held_by IS NOT NULL AS held FROM zakops.outbox_tickets ORDER BY ordinal`,
    );
  const deal = (id: number) => ({ scope: 'aggregate', aggregateType: 'deal', aggregateId: `DEAL-${String(id).padStart(6, '0')}` }) as const;

  it('of one consumer leaves its cursor where it is, while publishing and the others go on', async () => {
    const [mailer, other] = [recorder(), recorder('other')];
    const worker = await work([mailer.type, other.type]);
    await append(1);
    await seen(mailer, 1);
    const pause = await begin(worker, { scope: 'consumer', consumer: 'mailer' });
    await append(1, 2);
    await seen(other, 3);
    expect([mailer.seen, await position()]).toEqual([['1:1'], 1]);
    await pauses.resume(pause);
    await seen(mailer, 3);
    expect(mailer.seen).toEqual(['1:1', '1:2', '2:1']);
    expect(await tickets()).toEqual([]);
  });

  it('is in force within two seconds where no notice arrives, and lets a batch in hand finish', async () => {
    const hold = gate();
    const calls: string[] = [];
    @EventConsumer({ name: 'mailer', events: ['deal.*'], concurrency: 1 })
    @Injectable()
    class Slow implements AwaitingEventConsumer {
      async handleAwaiting(delivery: Delivery): Promise<void> {
        calls.push(nameOf(delivery));
        await hold.passed;
      }
    }
    const worker = await work([Slow], { OUTBOX_WAKE: 'poll' });
    await append(1, 2, 3);
    await waitFor('the first call', () => calls.length === 1);
    const pause = await pauses.begin({ scope: 'all' });
    await waitFor('the worker to know', () => worker.get(PauseWatch).current.stops('mailer'), IN_FORCE_WITHIN_MS);
    hold.open();
    // What was not begun is parked, so that nothing that was called is called again.
    await waitFor('the call in hand to be written down', async () => (await position()) === 3);
    expect([calls.length, (await tickets()).length]).toEqual([1, 2]);
    await pauses.resume(pause);
    await waitFor('the rest', () => calls.length === 3);
  });

  it('of an event type or an aggregate parks what it holds, with what comes behind it, and the cursor goes on', async () => {
    const mailer = recorder();
    const worker = await work([mailer.type]);
    const pause = await begin(worker, deal(1));
    await append(1, 2, 1, 3);
    await seen(mailer, 2);
    expect(mailer.seen).toEqual(['2:1', '3:1']);
    await waitFor('the cursor', async () => (await position()) === 4);
    expect(await tickets()).toEqual([
      { n: 1, status: 'pending', later: true, held: true },
      { n: 3, status: 'pending', later: null, held: false },
    ]);
    await pauses.resume(pause);
    await seen(mailer, 4);
    expect(mailer.seen.slice(2)).toEqual(['1:1', '1:2']);
    await waitFor('the release', async () => {
      const [row] = await bed.database.query<{ over: boolean }>('SELECT released_at IS NOT NULL AS over FROM zakops.delivery_pauses');
      return row?.over;
    });
  });

  it('ends at its time, also when no worker runs then', async () => {
    const mailer = recorder();
    const first = await work([mailer.type]);
    await begin(first, { scope: 'event_type', eventType: 'deal.updated' }, { until: new Date(Date.now() + 1_500).toISOString() });
    await append(1, 1);
    await waitFor('the tickets', async () => (await tickets()).length === 2);
    await first.close();
    await waitFor(
      'the end',
      async () => (await bed.database.query('SELECT 1 FROM zakops.delivery_pauses WHERE ends_at < now()')).length === 1,
    );
    await work([mailer.type]);
    await seen(mailer, 2);
    expect(mailer.seen).toEqual(['1:1', '1:2']);
  });

  it('holds what is redriven meanwhile, and what comes due before its end', async () => {
    const mailer = recorder();
    const worker = await work([mailer.type]);
    mailer.poison.add('1:1');
    await append(1);
    await waitFor('the dead letter', async () => (await tickets())[0]?.['status'] === 'dead');
    mailer.poison.clear();
    const pause = await begin(worker, { scope: 'event_type', eventType: 'deal.*' });
    await writer.get(UnitOfWork).run((tx) => writer.get(DeadLetterStore).redrive(tx, {}));
    await waitFor('the hold', async () => (await tickets())[0]?.['held'] === true);
    // As after 55 minutes of a longer pause.
    await bed.database.query('UPDATE zakops.outbox_tickets SET due_at = now()');
    await waitFor('the hold again', async () => (await tickets())[0]?.['later'] === true);
    expect(mailer.seen).toEqual([]);
    await pauses.resume(pause);
    await seen(mailer, 1);
  });

  it('gives way to a later end, and to an earlier one', async () => {
    const mailer = recorder();
    const worker = await work([mailer.type]);
    const soon = new Date(Date.now() + 700);
    const pause = await begin(worker, { scope: 'event_type', eventType: 'deal.updated' }, { until: soon.toISOString() });
    await append(1);
    await waitFor('the ticket', async () => (await tickets()).length === 1);
    await pauses.changeEnd(pause, new Date(Date.now() + 3_600_000));
    await waitFor('the first end to pass', () => Date.now() > soon.getTime() + 300);
    await waitFor('the later end', async () => (await tickets())[0]?.['later'] === true);
    expect(mailer.seen).toEqual([]);
    await pauses.changeEnd(pause, new Date(Date.now() + 300));
    await seen(mailer, 1);
  });

  it('is released by the next worker, when the one before ended in the middle', async () => {
    const mailer = recorder();
    const first = await work([mailer.type]);
    const pause = await begin(first, { scope: 'event_type', eventType: 'deal.updated' });
    await append(1, 2, 3, 2);
    await waitFor('the tickets', async () => (await tickets()).length === 4);
    jest.spyOn(first.get(HeldTicketStore), 'release').mockRejectedValue(new Error('ended'));
    await pauses.resume(pause);
    await waitFor('a try', () => jest.mocked(first.get(HeldTicketStore).release).mock.calls.length > 0);
    expect(mailer.seen).toEqual([]);
    await first.close();
    await work([mailer.type]);
    await seen(mailer, 4);
    expect([...mailer.seen].sort()).toEqual(['1:1', '2:1', '2:2', '3:1']);
    expect(mailer.seen.indexOf('2:1')).toBeLessThan(mailer.seen.indexOf('2:2'));
  });
});
