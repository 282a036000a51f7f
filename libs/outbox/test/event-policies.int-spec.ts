import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, HttpDeliveryError, PermanentDeliveryError } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { OutboxTestbed } from './outbox-testbed.js';

const DEAL = 'DEAL-000001';
const FAST = { OUTBOX_POLL_INTERVAL: '0.05' };

/** Fails as told, by the sequence number of the event; remembers what it took. */
class Teller implements SingleEventConsumer {
  readonly taken: { seq: number; gap: boolean }[] = [];
  failures = new Map<number, Error>();

  handle({ event, gap }: Delivery): Promise<void> {
    const failure = this.failures.get(event.aggregateSeq);
    if (failure !== undefined) return Promise.reject(failure);
    this.taken.push({ seq: event.aggregateSeq, gap });
    return Promise.resolve();
  }
}

@EventConsumer({
  name: 'teller',
  events: ['deal.*'],
  onDead: { block: ['deal.stage_changed'] },
  retries: { 'deal.stage_changed': [1], 'deal.*': [30, 60] },
})
@Injectable()
class Declared extends Teller {}

/** Is answered by another service with a status, by the number of the deal. */
@EventConsumer({ name: 'caller', events: ['deal.*'] })
@Injectable()
class Caller implements AwaitingEventConsumer {
  handleAwaiting({ event }: Delivery): Promise<void> {
    return Promise.reject(new HttpDeliveryError(Number(event.aggregateId.slice('DEAL-'.length))));
  }
}

describe('policies by the type of an event', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  const moved = (seq: number): CatalogueEvent =>
    makeEvent('deal.stage_changed', uuidV7(), DEAL, seq, {
      deal_id: DEAL,
      from_stage: 'inbound',
      to_stage: 'initial_review',
      reason: 'teaser fits',
      transitioned_by: 'a@b.example',
    });
  const updated = (seq: number): CatalogueEvent =>
    makeEvent('deal.updated', uuidV7(), DEAL, seq, { deal_id: DEAL, changes: [{ field: 'n', old_value: null, new_value: seq }] });
  const tickets = (): Promise<readonly Record<string, unknown>[]> =>
    bed.database.query(
      `SELECT ordinal::int AS n, status, attempts, extract(epoch FROM due_at - last_attempt_at)::float AS wait
         FROM zakops.outbox_tickets WHERE consumer = 'teller' ORDER BY ordinal`,
    );

  it('have later events wait behind a dead one of a type that blocks, and pass one of another type with a gap', async () => {
    const worker = await bed.start({ relay: true, providers: [Declared], env: FAST });
    const teller = worker.get(Declared);
    teller.failures = new Map([
      [1, new PermanentDeliveryError('never', 'never')],
      [3, new PermanentDeliveryError('never', 'never')],
    ]);
    await worker.append(updated(1), updated(2), moved(3), updated(4));
    await waitFor('the last ticket', async () => (await tickets()).length === 3);
    expect(teller.taken).toEqual([{ seq: 2, gap: true }]);
    expect(await tickets()).toMatchObject([
      { n: 1, status: 'dead' },
      { n: 3, status: 'dead' },
      { n: 4, status: 'pending' },
    ]);
    await worker.append(updated(5));
    await waitFor('the next one, which waits as well', async () => (await tickets()).length === 4);
    expect(teller.taken).toHaveLength(1);
    const [progress] = await bed.database.query(`SELECT blocking_types FROM zakops.consumer_progress WHERE consumer = 'teller'`);
    expect(progress).toEqual({ blocking_types: '^(?:deal\\.stage_changed)$' });
  });

  it('have an event tried after the delays of its type, and dead after the last of them', async () => {
    const worker = await bed.start({ relay: true, providers: [Declared], env: FAST });
    const teller = worker.get(Declared);
    teller.failures = new Map([[1, new Error('not now')]]);
    await worker.append(moved(1));
    await waitFor('its first failure', async () => (await tickets())[0]?.['status'] === 'failed');
    expect((await tickets())[0]?.['wait']).toBeGreaterThan(0.79);
    expect((await tickets())[0]?.['wait']).toBeLessThan(1.21);
    await bed.skipWaits();
    await waitFor('its death', async () => (await tickets())[0]?.['status'] === 'dead');
    expect(await tickets()).toMatchObject([{ n: 1, status: 'dead', attempts: 2 }]);
  });

  it('use the first entry that fits', async () => {
    const worker = await bed.start({ relay: true, providers: [Declared], env: FAST });
    worker.get(Declared).failures = new Map([[1, new Error('not now')]]);
    await worker.append(updated(1));
    await waitFor('its first failure', async () => (await tickets())[0]?.['status'] === 'failed');
    expect((await tickets())[0]?.['wait']).toBeGreaterThan(23.9);
    expect((await tickets())[0]?.['wait']).toBeLessThan(36.1);
  });

  it('have the answer of another service decide: most of 4xx is dead at once, all others are tried again', async () => {
    const worker = await bed.start({ relay: true, providers: [Caller], env: FAST });
    await worker.append(...[400, 404, 410, 408, 425, 429, 500, 503].map((status) => bed.event(status)));
    await waitFor('all answers', async () => {
      const { dead = 0, failed = 0 } = await bed.statuses('caller');
      return dead + failed === 8;
    });
    const rows = await bed.database.query(`SELECT status, reason_code FROM zakops.outbox_tickets ORDER BY ordinal`);
    expect(rows).toEqual([
      { status: 'dead', reason_code: 'http_400' },
      { status: 'dead', reason_code: 'http_404' },
      { status: 'dead', reason_code: 'http_410' },
      { status: 'failed', reason_code: 'http_408' },
      { status: 'failed', reason_code: 'http_425' },
      { status: 'failed', reason_code: 'http_429' },
      { status: 'failed', reason_code: 'http_500' },
      { status: 'failed', reason_code: 'http_503' },
    ]);
  });
});
