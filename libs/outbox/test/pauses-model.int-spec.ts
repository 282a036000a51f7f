import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DeadLetterStore, EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import type { Pause, PauseTarget } from '../src/pauses/pause.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { Pauses } from './pause-testbed.js';
import { SeededRandom } from './seeded-random.js';

const SEEDS = Number(process.env['PAUSE_MODEL_SEEDS'] ?? 1);
const STEPS = Number(process.env['PAUSE_MODEL_STEPS'] ?? 12);
const DEALS = 6;
const ENV = { OUTBOX_POLL_INTERVAL: '0.05', OUTBOX_BATCH_SIZE: '7' };

/** What fails for some time, by the id of the event. */
const poison = new Map<string, number>();
/** What was given to the consumer that waits for something else than the database, in its order. */
let given: { readonly id: string; readonly subject: string; readonly seq: number }[] = [];

function fail({ event, attempt }: Delivery): void {
  const failures = poison.get(event.id) ?? 0;
  if (failures === Number.POSITIVE_INFINITY) throw new PermanentDeliveryError('never', 'never');
  if (attempt <= failures) throw new Error('not yet');
}

@EventConsumer({ name: 'model', events: ['deal.*'], onDead: 'block' })
@Injectable()
class InOneTransaction implements SingleEventConsumer {
  async handle(delivery: Delivery, tx: Transaction): Promise<void> {
    const { event } = delivery;
    await tx.query('INSERT INTO effects (event_id, subject, seq) VALUES ($1, $2, $3)', [event.id, event.aggregateId, event.aggregateSeq]);
    fail(delivery);
  }
}

@EventConsumer({ name: 'model', events: ['deal.*'], onDead: 'block', concurrency: 3 })
@Injectable()
class Awaiting implements AwaitingEventConsumer {
  async handleAwaiting(delivery: Delivery): Promise<void> {
    const { id, aggregateId: subject, aggregateSeq: seq } = delivery.event;
    await new Promise((resolve) => setImmediate(resolve));
    fail(delivery);
    given.push({ id, subject, seq });
  }
}

describe('pauses of random scopes under load', () => {
  const cases = Array.from({ length: SEEDS }, (_, n) => n + 1).flatMap((seed) =>
    ([InOneTransaction, Awaiting] as const).map((consumer): [number, string, Type] => [seed, consumer.name, consumer]),
  );

  it.each(cases)(
    'lose, double and disorder nothing, beside failures, fenced workers and redrives: seed %i, %s',
    async (seed, _name, consumer) => {
      const random = new SeededRandom(seed);
      const bed = await OutboxTestbed.create();
      poison.clear();
      given = [];
      try {
        await bed.database.query('CREATE TABLE effects (n bigserial, event_id uuid, subject text, seq bigint)');
        const writer = await bed.start({ relay: false });
        const pauses = new Pauses(writer);
        let worker = await startWorker(bed, consumer);
        let appended = 0;
        const open: Pause[] = [];

        const targets: readonly (() => PauseTarget)[] = [
          () => ({ scope: 'all' }),
          () => ({ scope: 'consumer', consumer: 'model' }),
          () => ({ scope: 'event_type', eventType: random.of(['deal.updated', 'deal.*', 'deal.archived']) }),
          () => ({ scope: 'aggregate', aggregateType: 'deal', aggregateId: `DEAL-00000${String(random.below(DEALS))}` }),
          () => ({ scope: 'aggregate', aggregateType: 'deal', aggregateId: `DEAL-00000${String(random.below(DEALS))}` }),
        ];
        const append = async (): Promise<void> => {
          const events = Array.from({ length: 1 + random.below(40) }, () => bed.event(random.below(DEALS)));
          for (const { id } of events) {
            const die = random.below(100);
            if (die < 6) poison.set(id, 1 + random.below(2));
            else if (die < 9) poison.set(id, Number.POSITIVE_INFINITY);
          }
          await writer.append(...events);
          appended += events.length;
        };
        const redrive = async (): Promise<void> => {
          const { changed } = await writer.get(UnitOfWork).run((tx) => writer.get(DeadLetterStore).redrive(tx, {}));
          for (const { eventId } of changed) if (random.below(2) === 0) poison.delete(eventId);
        };
        const steps: Readonly<Record<string, () => Promise<unknown>>> = {
          pause: async () => open.push(await pauses.begin(random.of(targets)())),
          shortPause: () => pauses.begin(random.of(targets)(), { until: new Date(Date.now() + 400 + random.below(400)).toISOString() }),
          resume: async () => {
            const pause = open.splice(random.below(Math.max(1, open.length)), 1)[0];
            if (pause !== undefined) await pauses.resume(pause);
          },
          retry: () => bed.skipWaits(),
          // A ticket that is held for longer than its due time may lie ahead comes due again and again.
          comeDue: () =>
            bed.database.query(`UPDATE zakops.outbox_tickets SET due_at = now() WHERE held_by IS NOT NULL AND status = 'pending'`),
          redrive,
          fence: async () => {
            jest.spyOn(worker.get(Leadership), 'maintain').mockResolvedValue({ is: 'kept' });
            await bed.database.query(`UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox'`);
            worker = await startWorker(bed, consumer);
          },
        };
        const choices = ['pause', 'pause', 'pause', 'shortPause', 'resume', 'resume', 'retry', 'comeDue', 'redrive', 'fence'];
        for (let step = 0; step < STEPS; step += 1) {
          await append();
          await steps[random.of(choices)]?.();
        }
        poison.clear();
        for (const pause of open) await pauses.resume(pause);
        await waitFor(
          'every event to be delivered',
          async () => {
            await bed.skipWaits();
            await redrive();
            return (await bed.statuses('model'))['delivered'] === appended;
          },
          20_000,
        );
        const effects =
          consumer === Awaiting
            ? given
            : await bed.database.query<(typeof given)[number]>('SELECT event_id AS id, subject, seq::int FROM effects ORDER BY n');
        const ids = effects.map(({ id }) => id);
        // A worker that was fenced in the middle has had effects outside of the database that its successor has again.
        if (consumer !== Awaiting) expect(ids).toHaveLength(appended);
        const first = effects.filter(({ id }, n) => ids.indexOf(id) === n);
        expect(first).toHaveLength(appended);
        for (let deal = 0; deal < DEALS; deal += 1) {
          const seqs = first.filter(({ subject }) => subject === `DEAL-00000${String(deal)}`).map(({ seq }) => seq);
          expect(seqs).toEqual(seqs.map((_, n) => n + 1));
        }
        const left = await bed.database.query(
          `SELECT (SELECT count(*)::int FROM zakops.outbox_tickets WHERE status <> 'delivered') AS open,
                  (SELECT count(*)::int FROM zakops.outbox_tickets WHERE held_by IS NOT NULL) AS held`,
        );
        expect(left).toEqual([{ open: 0, held: 0 }]);
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
