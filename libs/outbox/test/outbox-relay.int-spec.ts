import { prepared, Transaction, UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { makeEvent } from '#zakops/contracts';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, EventLog, Outbox, OutboxOutsideTransactionError, PermanentDeliveryError } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { OutboxTestbed } from './outbox-testbed.js';
import { SeededRandom } from './seeded-random.js';

const PAUSE = prepared('SELECT pg_sleep($1)');
const FAILURE = prepared('SELECT 1 / 0');
const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };
const SEED = 1;

/**
 * Remembers what it was given, and fails as told: `effects` holds what was committed, `seen` every call whose handler returned, also
 * when its batch was rolled back afterwards.
 */
@EventConsumer({ name: 'recorder', events: ['deal.*'] })
@Injectable()
class Recorder implements SingleEventConsumer {
  readonly seen: Delivery[] = [];
  failure: (delivery: Delivery) => Error | undefined = () => undefined;

  async handle(delivery: Delivery, tx: Transaction): Promise<void> {
    await tx.query(`INSERT INTO effects (event_id, subject, seq, gap) VALUES ($1, $2, $3, $4)`, [
      delivery.event.id,
      delivery.event.aggregateId,
      delivery.event.aggregateSeq,
      delivery.gap,
    ]);
    const error = this.failure(delivery);
    if (error !== undefined) throw error;
    this.seen.push(delivery);
  }
}

async function setup(): Promise<OutboxTestbed> {
  const bed = await OutboxTestbed.create();
  await bed.database.query('CREATE TABLE effects (n bigserial, event_id uuid, subject text, seq bigint, gap boolean)');
  return bed;
}

describe('outbox relay', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await setup();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  it('refuses to append after the transaction, and without one', async () => {
    const writer = await bed.start({ relay: false });
    const outbox = writer.get(Outbox);
    let kept: Transaction | undefined;
    await writer.get(UnitOfWork).run((tx) => {
      kept = tx;
      return Promise.resolve();
    });
    expect(() => {
      outbox.append(kept as Transaction, [bed.event(1)]);
    }).toThrow(OutboxOutsideTransactionError);
    expect(() => {
      outbox.append(undefined as unknown as Transaction, [bed.event(1)]);
    }).toThrow(OutboxOutsideTransactionError);
    expect(await bed.database.query('SELECT 1 FROM zakops.events')).toEqual([]);
  });

  it('writes neither event nor ticket when the transaction fails after the append', async () => {
    const writer = await bed.start({ relay: false });
    const outbox = writer.get(Outbox);
    const failing = writer.get(UnitOfWork).run((tx) => {
      outbox.append(tx, [bed.event(1)]);
      return Promise.reject(new Error('changed my mind'));
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await bed.database.query('SELECT 1 FROM zakops.events UNION ALL SELECT 1 FROM zakops.outbox')).toEqual([]);
  });

  it('refuses a payload that does not fit its schema', async () => {
    const writer = await bed.start({ relay: false });
    const wrong = makeEvent('deal.updated', uuidV7(), 'DEAL-000001', 1, { deal_id: 'DEAL-000001', changes: [] });
    await expect(writer.append(wrong)).rejects.toThrow('/data/changes');
  });

  it('answers a conflict when two transactions record the same sequence number', async () => {
    const writer = await bed.start({ relay: false });
    const [first, second] = [bed.event(1), { ...bed.event(1), aggregateSeq: 1 }];
    await writer.append(first);
    await expect(writer.append(second)).rejects.toMatchObject({ code: 'CONFLICT', category: 'conflict' });
  });

  it('delivers every event once, in order within each deal, with its effect', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    for (let round = 0; round < 5; round += 1) {
      await worker.append(...Array.from({ length: 40 }, (_, index) => bed.event(index % 8)));
    }
    await waitFor('200 deliveries', async () => (await bed.statuses('recorder'))['delivered'] === 200);
    const effects = await bed.database.query<{ subject: string; seq: string }>('SELECT subject, seq FROM effects ORDER BY n');
    expect(effects).toHaveLength(200);
    for (let deal = 0; deal < 8; deal += 1) {
      const seqs = effects.filter((effect) => effect.subject === `DEAL-00000${String(deal)}`).map((effect) => Number(effect.seq));
      expect(seqs).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    }
    expect(await bed.database.query(`SELECT status, count(*)::int AS n FROM zakops.outbox GROUP BY status`)).toEqual([
      { status: 'delivered', n: 200 },
    ]);
  });

  it('retries a failed event, holds back only its own deal, and delivers in order afterwards', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    const recorder = worker.get(Recorder);
    recorder.failure = ({ event, attempt }) =>
      event.aggregateId === 'DEAL-000001' && event.aggregateSeq === 2 && attempt === 1 ? new Error('not now') : undefined;
    await worker.append(...Array.from({ length: 30 }, (_, index) => bed.event(index % 3)));
    await waitFor('the other deals', async () => (await bed.statuses('recorder'))['delivered'] === 21);
    expect(await bed.statuses('recorder')).toEqual({ delivered: 21, failed: 1, pending: 8 });
    const [waiting] = await bed.database.query<{ wait_s: number; attempts: number; last_error: string }>(
      `SELECT extract(epoch FROM due_at - last_attempt_at)::float AS wait_s, attempts, last_error FROM zakops.outbox_tickets WHERE status = 'failed'`,
    );
    expect(waiting).toMatchObject({ attempts: 1, last_error: 'not now' });
    // Five seconds, 20 % less or more.
    expect(waiting?.wait_s).toBeGreaterThan(3.99);
    expect(waiting?.wait_s).toBeLessThan(6.01);
    await bed.skipWaits();
    await waitFor('all deliveries', async () => (await bed.statuses('recorder'))['delivered'] === 30);
    const held = await bed.database.query(`SELECT seq::int, gap FROM effects WHERE subject = 'DEAL-000001' ORDER BY n`);
    expect(held).toEqual(Array.from({ length: 10 }, (_, index) => ({ seq: index + 1, gap: false })));
  });

  it('declares an event dead after five attempts, with its history, and goes on past it with a gap mark', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    const recorder = worker.get(Recorder);
    recorder.failure = ({ event }) => (event.aggregateSeq === 2 ? new Error('never') : undefined);
    await worker.append(bed.event(1), bed.event(1), bed.event(1));
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await waitFor(`failure ${String(attempt)}`, async () => {
        const [row] = await bed.database.query<{ attempts: number }>(`SELECT attempts FROM zakops.outbox_tickets WHERE status = 'failed'`);
        return row?.attempts === attempt;
      });
      await bed.skipWaits();
    }
    await waitFor('the last one', async () => (await bed.statuses('recorder'))['delivered'] === 2);
    expect(await bed.statuses('recorder')).toEqual({ delivered: 2, dead: 1 });
    const history = await bed.database.query(`SELECT attempt, reason_code, error FROM zakops.outbox_attempts ORDER BY attempt`);
    expect(history).toEqual([1, 2, 3, 4, 5].map((attempt) => ({ attempt, reason_code: 'handler_error', error: 'never' })));
    expect(await bed.database.query('SELECT seq::int, gap FROM effects ORDER BY n')).toEqual([
      { seq: 1, gap: false },
      { seq: 3, gap: true },
    ]);
  });

  it('declares an event dead at once for a permanent error', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    worker.get(Recorder).failure = () => new PermanentDeliveryError('http_410', 'gone');
    await worker.append(bed.event(1));
    await waitFor('the dead ticket', async () => (await bed.statuses('recorder'))['dead'] === 1);
    expect(await bed.database.query(`SELECT attempts, reason_code FROM zakops.outbox_tickets WHERE status = 'dead'`)).toEqual([
      { attempts: 1, reason_code: 'http_410' },
    ]);
  });

  it('isolates many poison events in one batch: all others are delivered, each effect once', async () => {
    const writer = await bed.start({ relay: false });
    const events = Array.from({ length: 400 }, (_, index) => bed.event(index));
    await writer.append(...events);
    const poison = new Set(events.filter((_, index) => index % 20 === 0).map((event) => event.id));
    const worker = await bed.start({ relay: true, providers: [Recorder], env: { OUTBOX_POLL_INTERVAL: '5' } });
    worker.get(Recorder).failure = ({ event }) => (poison.has(event.id) ? new Error('poison') : undefined);
    await waitFor('380 deliveries', async () => (await bed.statuses('recorder'))['delivered'] === 380);
    expect(await bed.statuses('recorder')).toEqual({ delivered: 380, failed: 20 });
    const [effects] = await bed.database.query('SELECT count(*)::int AS n, count(DISTINCT event_id)::int AS distinct FROM effects');
    expect(effects).toEqual({ n: 380, distinct: 380 });
  });

  it(`numbers what commits, without a gap, while 20 writers hold transactions open at random (seed ${String(SEED)}); a follower sees each once, in order`, async () => {
    const worker = await bed.start({ relay: true, env: FAST });
    const seen: { position: number; id: string; subject: string; seq: number }[] = [];
    const stop = worker.get(EventLog).follow(0, (events) => {
      for (const event of events) {
        seen.push({ position: event.position, id: event.id, subject: event.aggregateId, seq: event.aggregateSeq });
      }
    });
    const outbox = worker.get(Outbox);
    const unitOfWork = worker.get(UnitOfWork);
    const committed = new Set<string>();
    let rolledBack = 0;
    const writer = async (deal: number): Promise<void> => {
      const random = new SeededRandom(SEED * 100 + deal);
      for (let round = 0; round < 25; round += 1) {
        const keep = random.below(100) >= 15;
        const waitSeconds = round % 5 === 0 ? 0 : random.below(20) / 1_000;
        const holdSeconds = random.below(30) / 1_000;
        await unitOfWork
          .run(async (tx) => {
            // Takes its snapshot and ids early, commits late: the trap for readers that follow ids.
            await tx.query('SELECT pg_sleep($1)', [waitSeconds]);
            const seq = [...committed].filter((key) => key.startsWith(`${String(deal)}/`)).length + 1;
            const event = makeEvent('deal.updated', uuidV7(), `DEAL-${String(deal).padStart(6, '0')}`, seq, {
              deal_id: `DEAL-${String(deal).padStart(6, '0')}`,
              changes: [{ field: 'n', old_value: null, new_value: seq }],
            });
            outbox.append(tx, [event]);
            // Holds the transaction open with its tickets already numbered.
            tx.atCommit({ statement: PAUSE, values: [holdSeconds] });
            if (!keep) tx.atCommit({ statement: FAILURE, values: [], mapError: () => new Error('rolled back on purpose') });
            tx.afterCommit(() => committed.add(`${String(deal)}/${event.id}`));
          })
          .catch((error: unknown) => {
            if (!(error instanceof Error) || error.message !== 'rolled back on purpose') throw error;
            rolledBack += 1;
          });
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => writer(index + 1)));
    await waitFor('the follower', () => seen.length >= committed.size);
    await stop();
    expect(rolledBack).toBeGreaterThan(0);
    expect(seen.map(({ position }) => position)).toEqual(Array.from({ length: committed.size }, (_, index) => index + 1));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(committed.size);
    for (let deal = 1; deal <= 20; deal += 1) {
      const seqs = seen.filter(({ subject }) => subject === `DEAL-${String(deal).padStart(6, '0')}`).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    }
  });

  it('publishes by polling alone when notices are switched off', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: { ...FAST, OUTBOX_WAKE: 'poll' } });
    await worker.append(bed.event(1));
    await waitFor('the delivery', async () => (await bed.statuses('recorder'))['delivered'] === 1);
  });

  it('has one active worker; the standby takes over when the first gives the lease back', async () => {
    const first = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    const owner = async (): Promise<string | null | undefined> =>
      (await bed.database.query<{ owner: string }>(`SELECT owner FROM zakops.worker_leases WHERE expires_at > now()`))[0]?.owner;
    const firstOwner = await waitFor('the first owner', async () => (await owner()) ?? undefined);
    const second = await bed.start({ relay: true, providers: [Recorder], env: FAST });
    await first.append(bed.event(1));
    await waitFor('a delivery', async () => (await bed.statuses('recorder'))['delivered'] === 1);
    expect(second.get(Recorder).seen).toEqual([]);
    await first.close();
    const secondOwner = await waitFor('the second owner', async () => {
      const now = await owner();
      return now !== firstOwner && now;
    });
    expect(secondOwner).not.toBe(firstOwner);
    await second.append(bed.event(1));
    await waitFor('the second delivery', async () => (await bed.statuses('recorder'))['delivered'] === 2);
    expect(second.get(Recorder).seen).toHaveLength(1);
  });
});
