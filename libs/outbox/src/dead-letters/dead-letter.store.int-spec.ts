import { Transaction, UnitOfWork } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { OutboxTestbed } from '../../test/outbox-testbed.js';
import { EventConsumer, PermanentDeliveryError, DeadLetterStore } from '../index.js';
import type { DeadLetterFilter, DeadLetterPortion, Delivery, SingleEventConsumer } from '../index.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };

/** Refuses every event of a deal while it is told to; remembers what it took. */
@EventConsumer({ name: 'moody', events: ['deal.*'], onDead: 'block' })
@Injectable()
class Moody implements SingleEventConsumer {
  readonly taken: string[] = [];
  refused: string | undefined;

  async handle({ event }: Delivery, tx: Transaction): Promise<void> {
    await tx.query('SELECT 1');
    if (event.aggregateId === this.refused) throw new PermanentDeliveryError('not_now', 'Not in the mood.');
    this.taken.push(`${event.aggregateId}/${String(event.aggregateSeq)}`);
  }
}

/** Takes nothing at first; afterwards everything but deal 1. */
@EventConsumer({ name: 'picky', events: ['deal.*'] })
@Injectable()
class Picky implements SingleEventConsumer {
  readonly taken: string[] = [];
  takes = false;

  handle({ event }: Delivery): Promise<void> {
    if (!this.takes) return Promise.reject(new PermanentDeliveryError('not_yet', 'Not yet.'));
    if (event.aggregateId === 'DEAL-000001') return Promise.reject(new Error('Not this one.'));
    this.taken.push(event.aggregateId);
    return Promise.resolve();
  }
}

describe(DeadLetterStore.name, () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  const statuses = (): Promise<readonly Record<string, unknown>[]> =>
    bed.database.query(
      `SELECT ordinal::int, status, attempts, replay_count FROM zakops.outbox_tickets WHERE consumer = 'moody' ORDER BY ordinal`,
    );

  async function setup(): Promise<{
    moody: Moody;
    change: (kind: 'redrive' | 'discard', filter: DeadLetterFilter) => Promise<DeadLetterPortion>;
  }> {
    const worker = await bed.start({ relay: true, providers: [Moody], env: FAST });
    const moody = worker.get(Moody);
    moody.refused = 'DEAL-000001';
    await worker.append(bed.event(1), bed.event(1), bed.event(2), bed.event(1));
    await waitFor('the first of deal 1 to be dead and deal 2 to be done', async () => {
      const now = (await statuses()).map(({ status }) => status);
      return now.join() === 'dead,pending,pending' && moody.taken.length === 1;
    });
    moody.refused = undefined;
    const [unitOfWork, redrive] = [worker.get(UnitOfWork), worker.get(DeadLetterStore)];
    return { moody, change: (kind, filter) => unitOfWork.run((tx) => redrive[kind](tx, filter)) };
  }

  it('has a dead event delivered again, and then what it blocked, in order', async () => {
    const { moody, change } = await setup();
    const changed = await change('redrive', { reasonCode: 'not_now' });
    expect(changed).toEqual({
      changed: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          eventId: expect.any(String),
          consumer: 'moody',
          stream: expect.stringMatching(/^-?\d+$/),
        },
      ],
      skipped: 0,
      next: undefined,
    });
    // Handled is not yet committed.
    await waitFor('all deliveries', async () => (await statuses()).every(({ status }) => status === 'delivered'));
    expect(moody.taken).toEqual(['DEAL-000002/1', 'DEAL-000001/1', 'DEAL-000001/2', 'DEAL-000001/3']);
    // What waited only leaves no trace.
    expect(await statuses()).toEqual([{ ordinal: 1, status: 'delivered', attempts: 1, replay_count: 1 }]);
    expect(await bed.database.query('SELECT replay, attempt, reason_code FROM zakops.outbox_attempts')).toEqual([
      { replay: 0, attempt: 1, reason_code: 'not_now' },
    ]);
  });

  it('keeps the attempts of every replay when it dies again', async () => {
    const { moody, change } = await setup();
    moody.refused = 'DEAL-000001';
    await change('redrive', {});
    await waitFor('its second death', async () => (await bed.database.query('SELECT 1 AS one FROM zakops.outbox_attempts')).length === 2);
    const rows = await bed.database.query('SELECT replay, attempt FROM zakops.outbox_attempts ORDER BY replay');
    expect(rows).toEqual([
      { replay: 0, attempt: 1 },
      { replay: 1, attempt: 1 },
    ]);
    expect((await statuses())[0]).toEqual({ ordinal: 1, status: 'dead', attempts: 1, replay_count: 1 });
  });

  it('lets later events go on when the dead one is discarded', async () => {
    const { moody, change } = await setup();
    expect((await change('discard', { consumer: 'moody' })).changed).toHaveLength(1);
    await waitFor('the later events', () => moody.taken.length === 3);
    expect(moody.taken).toEqual(['DEAL-000002/1', 'DEAL-000001/2', 'DEAL-000001/3']);
    expect(await bed.database.query('SELECT 1 AS one FROM zakops.outbox_attempts')).toEqual([]);
    expect(await bed.database.query('SELECT 1 AS one FROM zakops.events')).toHaveLength(4);
  });

  it('holds up no other aggregate by many dead events of one that fails again', async () => {
    const worker = await bed.start({ relay: true, providers: [Picky], env: { ...FAST, OUTBOX_BATCH_SIZE: '10' } });
    await worker.append(...Array.from({ length: 200 }, () => bed.event(1)), bed.event(2));
    await waitFor('their death', async () => (await bed.statuses('picky'))['dead'] === 201);
    const picky = worker.get(Picky);
    picky.takes = true;
    await worker.get(UnitOfWork).run((tx) => worker.get(DeadLetterStore).redrive(tx, {}));
    await waitFor('the other deal', () => picky.taken.length === 1);
    // The handler is called before the transaction commits.
    await waitFor('the commit', async () => (await bed.statuses('picky'))['delivered'] === 1);
    expect(await bed.statuses('picky')).toEqual({ delivered: 1, failed: 1, pending: 199 });
  });

  it('touches nothing that is not dead, whatever the filter', async () => {
    const { change } = await setup();
    await bed.database.query(
      `UPDATE zakops.outbox_tickets SET status = 'failed', due_at = now() + interval '30 minutes' WHERE status = 'dead'`,
    );
    const before = await statuses();
    const nothing = { changed: [], skipped: 0, next: undefined };
    expect(await change('redrive', {})).toEqual(nothing);
    expect(await change('discard', {})).toEqual(nothing);
    expect(await statuses()).toEqual(before);
  });
});
