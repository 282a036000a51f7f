import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { EventConsumer, PermanentDeliveryError, DeadLetterStore } from '../src/index.js';
import type { BatchEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { SeededRandom } from './seeded-random.js';

const SEEDS = Number(process.env['RELAY_MODEL_SEEDS'] ?? 3);
const STEPS = 12;
const DEALS = 6;
// Small batches: nearly every one is full.
const ENV = { OUTBOX_POLL_INTERVAL: '0.05', OUTBOX_BATCH_SIZE: '7' };

/** How often an event fails before it is taken, decided by its id: it is the same in every worker and at every attempt. */
let failuresOf: (eventId: string) => number = () => 0;

async function take(delivery: Delivery, tx: Transaction): Promise<void> {
  const { event, attempt } = delivery;
  await tx.query('INSERT INTO effects (event_id, subject, seq) VALUES ($1, $2, $3)', [event.id, event.aggregateId, event.aggregateSeq]);
  const failures = failuresOf(event.id);
  if (failures === Number.POSITIVE_INFINITY) throw new PermanentDeliveryError('never', 'never');
  if (attempt <= failures) throw new Error('not yet');
}

@EventConsumer({ name: 'model', events: ['deal.*'] })
@Injectable()
class Skipping implements SingleEventConsumer {
  handle(delivery: Delivery, tx: Transaction): Promise<void> {
    return take(delivery, tx);
  }
}

@EventConsumer({ name: 'model', events: ['deal.*'], onDead: 'block' })
@Injectable()
class Blocking implements SingleEventConsumer {
  handle(delivery: Delivery, tx: Transaction): Promise<void> {
    return take(delivery, tx);
  }
}

@EventConsumer({ name: 'model', events: ['deal.*'] })
@Injectable()
class ByBatches implements BatchEventConsumer {
  async handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    for (const delivery of deliveries) await take(delivery, tx);
  }
}

/** What must hold, whatever happens: each event has its effect once, or is dead; in order within its deal; nothing else is held up. */
class Model {
  appended = 0;
  readonly discarded = new Set<string>();
  readonly redriven = new Set<string>();

  constructor(private readonly bed: OutboxTestbed) {}

  async isSettled(): Promise<boolean> {
    const { delivered = 0 } = await this.bed.statuses('model');
    return delivered + this.discarded.size === this.appended;
  }

  async check(blocks: boolean): Promise<void> {
    const effects = await this.bed.database.query<{ event_id: string; subject: string; seq: number }>(
      'SELECT event_id, subject, seq::int FROM effects ORDER BY n',
    );
    const ids = effects.map(({ event_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(this.appended - this.discarded.size);
    expect(ids.filter((id) => this.discarded.has(id))).toEqual([]);
    // One that was dead comes late when later ones did not wait for it.
    const inOrder = blocks ? effects : effects.filter(({ event_id: id }) => !this.redriven.has(id));
    for (let deal = 0; deal < DEALS; deal += 1) {
      const seqs = inOrder.filter(({ subject }) => subject === `DEAL-00000${String(deal)}`).map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    }
    const [log] = await this.bed.database.query(
      `SELECT count(*)::int AS n, coalesce(min(position), 1)::int AS first, coalesce(max(position), 0)::int AS last FROM zakops.event_log`,
    );
    expect(log).toEqual({ n: this.appended, first: 1, last: this.appended });
  }
}

describe('the relay, against a model of itself', () => {
  const cases = Array.from({ length: SEEDS }, (_, n) => n + 1).flatMap((seed) =>
    ([Skipping, Blocking, ByBatches] as const).map((consumer): [number, string, Type] => [seed, consumer.name, consumer]),
  );

  it.each(cases)(
    'loses, doubles and disorders nothing under failures, fenced workers, redrives and purges: seed %i, %s',
    async (seed, _name, consumer) => {
      const random = new SeededRandom(seed);
      const bed = await OutboxTestbed.create();
      try {
        await bed.database.query('CREATE TABLE effects (n bigserial, event_id uuid, subject text, seq bigint)');
        const poison = new Map<string, number>();
        failuresOf = (id) => poison.get(id) ?? 0;
        const model = new Model(bed);
        const writer = await bed.start({ relay: false });
        let worker = await startWorker(bed, consumer);

        const steps: Readonly<Record<string, () => Promise<unknown>>> = {
          append: async () => {
            const events = Array.from({ length: 1 + random.below(25) }, () => bed.event(random.below(DEALS)));
            for (const { id } of events) {
              const die = random.below(100);
              if (die < 10) poison.set(id, 1 + random.below(2));
              else if (die < 15) poison.set(id, Number.POSITIVE_INFINITY);
            }
            await writer.append(...events);
            model.appended += events.length;
          },
          retry: () => bed.skipWaits(),
          // Its loops go on under the old fence until they are refused.
          fence: async () => {
            abandon(worker);
            await bed.database.query(`UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox'`);
            worker = await startWorker(bed, consumer);
          },
          redrive: async () => {
            const { changed } = await writer.get(UnitOfWork).run((tx) => writer.get(DeadLetterStore).redrive(tx, {}));
            for (const { eventId } of changed) {
              model.redriven.add(eventId);
              if (random.below(2) === 0) poison.delete(eventId);
            }
          },
          discard: async () => {
            const [dead] = await bed.database.query<{ id: string }>(
              `SELECT zakops.ticket_id(event_id, consumer) AS id FROM zakops.outbox_tickets WHERE status = 'dead' LIMIT 1`,
            );
            if (dead === undefined) return;
            const discarded = await writer
              .get(UnitOfWork)
              .run((tx) => writer.get(DeadLetterStore).discardOne(tx, dead.id, { actor: 'system:test', reason: undefined }));
            if (discarded !== undefined) model.discarded.add(discarded.eventId);
          },
        };
        for (let step = 0; step < STEPS; step += 1) {
          await steps['append']?.();
          await steps[random.of(['append', 'retry', 'retry', 'fence', 'redrive', 'discard'])]?.();
        }
        poison.clear();
        await waitFor(
          'every event to be delivered or discarded',
          async () => {
            await bed.skipWaits();
            const { changed } = await writer.get(UnitOfWork).run((tx) => writer.get(DeadLetterStore).redrive(tx, {}));
            for (const { eventId } of changed) model.redriven.add(eventId);
            return model.isSettled();
          },
          20_000,
        );
        await model.check(consumer === Blocking);
      } finally {
        await bed.dispose();
      }
    },
    60_000,
  );
});

async function startWorker(bed: OutboxTestbed, consumer: Type): Promise<OutboxProcess> {
  const worker = await bed.start({ relay: true, providers: [consumer], env: ENV });
  await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
  return worker;
}

/** Has a worker not notice that another one takes over, as a process that is stopped for a while. */
function abandon(worker: OutboxProcess): void {
  jest.spyOn(worker.get(Leadership), 'maintain').mockResolvedValue({ is: 'kept' });
}
