import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '../src/index.js';
import type { BatchEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { OutboxRelay } from '../src/relay/outbox-relay.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const DEALS = 100;
const EVENTS_PER_DEAL = 100;
const WORKERS = 4;
const WRITERS = 10;
/** The first worker is asked to stop while it has this event of the first deal in hand. */
const AT_STOP = 40;
/** The second worker loses its lease while it has this one in hand. */
const AT_LOSS = 80;
/** So many events of each deal are appended before the stop; the others while the lease moves. */
const EARLY = 60;

const WRITE = `
  INSERT INTO effects (consumer, event_id, subject, seq)
  SELECT $1, event_id, subject, seq
    FROM unnest($2::uuid[], $3::text[], $4::int[]) WITH ORDINALITY AS given(event_id, subject, seq, place) ORDER BY place`;

async function write(tx: Transaction, consumer: string, deliveries: readonly Delivery[]): Promise<void> {
  const events = deliveries.map(({ event }) => event);
  await tx.query(WRITE, [
    consumer,
    events.map(({ id }) => id),
    events.map(({ aggregateId }) => aggregateId),
    events.map(({ aggregateSeq }) => aggregateSeq),
  ]);
}

@EventConsumer({ name: 'one-by-one', events: ['deal.*'] })
@Injectable()
class OneByOne implements SingleEventConsumer {
  after: (delivery: Delivery) => Promise<void> = () => Promise.resolve();

  async handle(delivery: Delivery, tx: Transaction): Promise<void> {
    await write(tx, 'one-by-one', [delivery]);
    await this.after(delivery);
  }
}

@EventConsumer({ name: 'by-batches', events: ['deal.*'] })
@Injectable()
class ByBatches implements BatchEventConsumer {
  handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    return write(tx, 'by-batches', deliveries);
  }
}

describe('four workers and two consumers', () => {
  let bed: OutboxTestbed;
  let workers: OutboxProcess[];

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query('CREATE TABLE effects (n bigserial, consumer text, event_id uuid, subject text, seq int)');
    workers = [];
    for (let n = 1; n <= WORKERS; n += 1) {
      workers.push(await bed.start({ relay: true, providers: [OneByOne, ByBatches], env: { OUTBOX_POLL_INTERVAL: '0.1' } }));
    }
  });
  afterEach(() => bed.dispose());

  /** Appends events of all deals; each writer has ten of them, so that they commit in the order of their numbers. */
  const append = async (writer: OutboxProcess, eventsPerDeal: number): Promise<void> => {
    const perWriter = DEALS / WRITERS;
    const ofSome = async (first: number): Promise<void> => {
      for (let n = 0; n < eventsPerDeal; n += 1) {
        await writer.append(...Array.from({ length: perWriter }, (_, deal) => bed.event(first + deal)));
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, n) => ofSome(1 + n * perWriter)));
  };

  const active = (): Promise<OutboxProcess> =>
    waitFor('the active worker', () => workers.find((worker) => worker.get(Leadership).fence !== undefined));

  /** Holds the first call for an event of the first deal, in whichever worker it is made, after its effect was written. */
  const holdCall = (seq: number): { readonly call: Promise<OutboxProcess>; readonly release: () => void } => {
    const { passed, open } = gate();
    let holder: OutboxProcess | undefined;
    for (const worker of workers) {
      worker.get(OneByOne).after = ({ event }) => {
        if (holder !== undefined || event.aggregateId !== 'DEAL-000001' || event.aggregateSeq !== seq) return Promise.resolve();
        holder = worker;
        return passed;
      };
    }
    return { call: waitFor(`the call for event ${String(seq)}`, () => holder), release: open };
  };

  it('deliver 100 events of each of 100 deals once to each consumer and in order, while the lease moves', async () => {
    const writer = await bed.start({ relay: false });
    const first = await active();
    const atStop = holdCall(AT_STOP);
    await append(writer, EARLY);
    expect(await atStop.call).toBe(first);

    // The first worker stops with an event in hand, while more is written.
    workers.splice(workers.indexOf(first), 1);
    const closing = first.close();
    await waitFor('the stop', () => first.get(OutboxRelay).isStopping);
    const atLoss = holdCall(AT_LOSS);
    const rest = append(writer, EVENTS_PER_DEAL - EARLY);
    atStop.release();
    await closing;

    // The second worker loses its lease with an event in hand, and learns it from a commit that fails.
    const second = await atLoss.call;
    expect(second).not.toBe(first);
    await bed.database.query(
      `UPDATE zakops.worker_leases SET owner = 'another', fence = fence + 1, expires_at = '-infinity' WHERE name = 'outbox'`,
    );
    await waitFor('the next worker', async () => {
      const rows = await bed.database.query<{ isOver: boolean }>(
        `SELECT p.fence = w.fence AND w.owner <> 'another' AS "isOver" FROM zakops.consumer_progress p CROSS JOIN zakops.worker_leases w WHERE w.name = 'outbox'`,
      );
      return rows.length === 2 && rows.every(({ isOver }) => isOver);
    });
    atLoss.release();
    await rest;
    const total = DEALS * EVENTS_PER_DEAL;
    for (const consumer of ['one-by-one', 'by-batches']) {
      await waitFor(`all deliveries to ${consumer}`, async () => (await bed.statuses(consumer))['delivered'] === total);
    }
    // What is still in a hand has no effect any more.
    await Promise.all(workers.map((worker) => worker.close()));

    const effects = await bed.database.query<{ consumer: string; subject: string; seqs: number[] }>(
      'SELECT consumer, subject, array_agg(seq ORDER BY n) AS seqs FROM effects GROUP BY consumer, subject ORDER BY consumer, subject',
    );
    const inOrder = Array.from({ length: EVENTS_PER_DEAL }, (_, n) => n + 1);
    expect(effects).toEqual(
      ['by-batches', 'one-by-one'].flatMap((consumer) =>
        Array.from({ length: DEALS }, (_, n) => ({ consumer, subject: `DEAL-${String(n + 1).padStart(6, '0')}`, seqs: inOrder })),
      ),
    );
    const [events] = await bed.database.query('SELECT count(DISTINCT event_id)::int AS n FROM effects');
    expect(events).toEqual({ n: total });
    expect(await bed.database.query('SELECT 1 FROM zakops.outbox_tickets UNION ALL SELECT 1 FROM zakops.outbox_attempts')).toEqual([]);
  });
});
