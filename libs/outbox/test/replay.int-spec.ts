import type { Transaction } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { CancelReplay, EventConsumer, GetReplay, ReplaysModule, StartReplay } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, ReplayView, SingleEventConsumer } from '../src/index.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

interface Got {
  readonly id: string;
  readonly deal: string;
  readonly seq: number;
  readonly replayed: boolean;
}

const got: Got[] = [];
const sent: Got[] = [];
const failing = new Set<string>();

const toGot = ({ event, replayed }: Delivery): Got => ({
  id: event.id,
  deal: event.aggregateId,
  seq: event.aggregateSeq,
  replayed: replayed === true,
});

@EventConsumer({ name: 'counts', events: ['deal.updated'], retries: { '*': [0.05] } })
@Injectable()
class Counts implements SingleEventConsumer {
  async handle(delivery: Delivery, tx: Transaction): Promise<void> {
    if (failing.has(delivery.event.id)) throw new Error('not now');
    await tx.query('INSERT INTO zakops.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', ['counts', delivery.event.id]);
    tx.afterCommit(() => got.push(toGot(delivery)));
  }
}

@EventConsumer({ name: 'sends', events: ['deal.updated'] })
@Injectable()
class Sends implements AwaitingEventConsumer {
  handleAwaiting(delivery: Delivery): Promise<void> {
    sent.push(toGot(delivery));
    return Promise.resolve();
  }
}

describe('a replay', () => {
  let bed: OutboxTestbed;
  let worker: OutboxProcess;
  let operator: OutboxProcess;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    operator = await bed.start({ relay: false, imports: [CqrsModule.forRoot(), ReplaysModule] });
    worker = await bed.start({ relay: true, providers: [Counts, Sends], env: { OUTBOX_POLL_INTERVAL: '0.1', OUTBOX_MAX_ATTEMPTS: '2' } });
  });

  afterAll(() => bed.dispose());

  beforeEach(() => {
    got.length = 0;
    sent.length = 0;
    failing.clear();
  });

  const start = (after: number, until: number | null, rate = 100_000, consumer = 'counts'): Promise<ReplayView> =>
    runInCall(newCall({ type: 'user', id: 'ann@example.com' }), () =>
      operator.get(CommandBus).execute(new StartReplay(consumer, after, until, rate, 'a test')),
    );

  const read = (id: string): Promise<ReplayView> => operator.get(QueryBus).execute(new GetReplay(id));

  const whenIn = (id: string, state: string): Promise<ReplayView> =>
    waitFor(`the replay to be ${state}`, async () => {
      const view = await read(id);
      return view.state === state && view;
    });

  const append = async (deals: number, each: number): Promise<void> => {
    for (let n = 0; n < each; n += 1) {
      await operator.append(...Array.from({ length: deals }, (_, deal) => bed.event(deal + 1)));
    }
    const total = got.length + deals * each;
    await waitFor('live deliveries', () => Promise.resolve(got.length >= total && sent.length >= total));
  };

  const ordered = (list: readonly Got[]): boolean => {
    const last = new Map<string, number>();
    return list.every(({ deal, seq }) => {
      const isNext = seq > (last.get(deal) ?? 0);
      last.set(deal, seq);
      return isNext;
    });
  };

  it('delivers history again in order, marked as replayed, once, with an audit entry', async () => {
    await append(5, 4);
    const before = [...got];
    got.length = 0;
    const { id } = await start(0, null);
    await expect(start(0, null)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await whenIn(id, 'done')).toMatchObject({ delivered: 20, left: 0 });
    expect(got.map((each) => each.id)).toEqual(before.map((each) => each.id));
    expect(got.every(({ replayed }) => replayed) && before.every(({ replayed }) => !replayed)).toBe(true);
    expect(ordered(got)).toBe(true);
    const audited = await bed.database.query(`SELECT actor_id FROM zakops.audit_log WHERE action = 'replay.started' AND resource_id = $1`, [
      id,
    ]);
    expect(audited).toEqual([{ actor_id: 'ann@example.com' }]);
    const [progress] = await bed.database.query(`SELECT delivered::int FROM zakops.consumer_progress WHERE consumer = 'counts'`);
    expect(progress).toEqual({ delivered: 20 });
  });

  it('goes on to live events, so that the last ones of an aggregate come in order', async () => {
    const { id } = await start(0, null, 40);
    await waitFor('the first portion', () => Promise.resolve(got.some(({ replayed }) => replayed)));
    await operator.append(bed.event(1), bed.event(2));
    await whenIn(id, 'done');
    const ofDeal = got.filter(({ deal }) => deal === 'DEAL-000001');
    expect(ofDeal.filter(({ replayed }) => !replayed).map(({ seq }) => seq)).toEqual([5]);
    expect(ofDeal.filter(({ replayed }) => replayed).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps its rate, and ends when it is cancelled', async () => {
    const { id } = await start(0, null, 4);
    await waitFor('two events', () => Promise.resolve(got.length >= 2));
    const cancelled = await runInCall(newCall({ type: 'user', id: 'ann@example.com' }), () =>
      operator.get(CommandBus).execute(new CancelReplay(id, 'too slow')),
    );
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.delivered).toBeLessThan(20);
    await expect(operator.get(CommandBus).execute(new CancelReplay(id, undefined))).rejects.toMatchObject({ code: 'CONFLICT' });
    const next = await start(cancelled.position, null);
    expect((await whenIn(next.id, 'done')).delivered).toBe(22 - cancelled.delivered);
    expect(new Set(got.map((each) => each.id)).size).toBe(got.length);
  });

  it('ends at an event that fails for good, with everything before it done', async () => {
    const [tenth] = await bed.database.query<{ event_id: string }>('SELECT event_id FROM zakops.event_log WHERE position = 10');
    failing.add(tenth?.event_id ?? '');
    const { id } = await start(0, null);
    const failed = await whenIn(id, 'failed');
    expect(failed).toMatchObject({ position: 9, delivered: 9, failures: 2, failedEventId: tenth?.event_id, lastError: 'not now' });
    expect(got).toHaveLength(9);
    expect(await bed.database.query('SELECT FROM zakops.outbox_tickets')).toHaveLength(0);
  });

  it('leaves out what has an open ticket, and marks what follows a dead one', async () => {
    const [skipped] = await bed.database.query<{ id: string }>(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, reason_code, last_error)
       SELECT e.id, 'counts', l.position, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id), 'dead', 2, 'handler_error', 'it broke'
         FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id WHERE l.position = 6 RETURNING event_id AS id`,
    );
    await bed.database.query(`UPDATE zakops.consumer_progress SET changes = changes + 1 WHERE consumer = 'counts'; NOTIFY zakops_tickets`);
    const { id } = await start(0, 12);
    expect(await whenIn(id, 'done')).toMatchObject({ delivered: 11, skipped: 1 });
    expect(got.map((each) => each.id)).not.toContain(skipped?.id);
    await bed.database.query(`DELETE FROM zakops.outbox_tickets; UPDATE zakops.consumer_progress SET changes = changes + 1`);
  });

  it('reaches a consumer that waits for something else than the database', async () => {
    const { id } = await start(0, 20, 100_000, 'sends');
    expect(await whenIn(id, 'done')).toMatchObject({ delivered: 20 });
    expect(sent.filter(({ replayed }) => replayed)).toHaveLength(20);
    expect(ordered(sent)).toBe(true);
  });

  it('goes on with the next worker where its transaction ended', async () => {
    const { id } = await start(0, null, 8);
    await waitFor('some events', () => Promise.resolve(got.length >= 4));
    await worker.close();
    const { position, state } = await read(id);
    expect(state).toBe('running');
    expect(position).toBe(got.length);
    worker = await bed.start({ relay: true, providers: [Counts, Sends], env: { OUTBOX_POLL_INTERVAL: '0.1' } });
    expect((await whenIn(id, 'done')).delivered).toBe(22);
    expect(got.map((each) => each.seq)).toHaveLength(22);
    expect(new Set(got.map((each) => each.id)).size).toBe(22);
  });
});
