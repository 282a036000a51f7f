import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { BatchEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { OutboxTestbed } from './outbox-testbed.js';
import { SeededRandom } from './seeded-random.js';

const EVENTS = 900;
const DEALS = 7;
// Small batches: nearly every one is full, so that nearly every next one is read ahead.
const ENV = { OUTBOX_POLL_INTERVAL: '0.05', OUTBOX_BATCH_SIZE: '20' };

type Outcome = 'good' | 'fails once' | 'dies';

/** What becomes of an event, by its id: the same at every attempt. */
const outcomes = new Map<string, Outcome>();

function drawOutcome(random: SeededRandom): Outcome {
  const die = random.below(256);
  if (die < 12) return 'fails once';
  return die < 16 ? 'dies' : 'good';
}

function judge(delivery: Delivery): void {
  const outcome = outcomes.get(delivery.event.id);
  if (outcome === 'dies') throw new PermanentDeliveryError('poison', 'never');
  if (outcome === 'fails once' && delivery.attempt === 1) throw new Error('not yet');
}

async function write(delivery: Delivery, tx: Transaction): Promise<void> {
  await tx.query('INSERT INTO effects (subject, seq) VALUES ($1, $2)', [delivery.event.aggregateId, delivery.event.aggregateSeq]);
}

@EventConsumer({ name: 'ordered', events: ['deal.*'] })
@Injectable()
class OneByOne implements SingleEventConsumer {
  async handle(delivery: Delivery, tx: Transaction): Promise<void> {
    await write(delivery, tx);
    judge(delivery);
  }
}

@EventConsumer({ name: 'ordered', events: ['deal.*'] })
@Injectable()
class ByBatches implements BatchEventConsumer {
  async handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    for (const delivery of deliveries) await write(delivery, tx);
    deliveries.forEach(judge);
  }
}

describe('the order within a deal', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query('CREATE TABLE effects (n bigserial, subject text, seq int)');
  });

  afterEach(async () => {
    await bed.dispose();
  });

  it.each([
    ['one by one', 1, OneByOne],
    ['by batches', 2, ByBatches],
  ])('is kept while events fail, are retried at once, and die: %s, seed %i', async (_how, seed, consumer) => {
    const random = new SeededRandom(seed);
    const events = Array.from({ length: EVENTS }, (_, index) => bed.event(index % DEALS));
    outcomes.clear();
    for (const { id } of events) outcomes.set(id, drawOutcome(random));
    const dying = new Set(events.filter(({ id }) => outcomes.get(id) === 'dies'));
    const writer = await bed.start({ relay: false });
    for (let n = 0; n < EVENTS; n += 100) await writer.append(...events.slice(n, n + 100));
    await bed.start({ relay: true, providers: [consumer], env: ENV });
    await waitFor(
      'every event to be delivered or dead',
      async () => {
        // Retries without their pause: the more often a stream changes its state, the more chances to overtake.
        await bed.skipWaits();
        const { delivered = 0, dead = 0 } = await bed.statuses('ordered');
        return delivered === EVENTS - dying.size && dead === dying.size;
      },
      25_000,
    );
    const effects = await bed.database.query<{ subject: string; seq: number }>('SELECT subject, seq FROM effects ORDER BY n');
    for (let deal = 0; deal < DEALS; deal += 1) {
      const subject = `DEAL-00000${String(deal)}`;
      const living = events.filter((event) => event.aggregateId === subject && !dying.has(event));
      expect(effects.filter((effect) => effect.subject === subject).map(({ seq }) => seq)).toEqual(
        living.map(({ aggregateSeq }) => aggregateSeq),
      );
    }
    // No attempt was counted for what was only rolled back.
    const attempts = await bed.database.query<{ status: string; attempts: number }>(
      `SELECT DISTINCT status, attempts FROM zakops.outbox_tickets ORDER BY status`,
    );
    expect(attempts).toEqual([
      { status: 'dead', attempts: 1 },
      { status: 'delivered', attempts: 2 },
    ]);
  });
});
