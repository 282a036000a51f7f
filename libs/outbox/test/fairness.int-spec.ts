import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '../src/index.js';
import type { BatchEventConsumer, Delivery } from '../src/index.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';

const BACKLOG = 10_000;
/** What the relay may take of one aggregate at once. */
const MOST_OF_A_STREAM = 100;
/** The call that has this event of the backlog is held. */
const HELD_SEQ = 150;

/** Writes down in which order it is given events. */
@EventConsumer({ name: 'fair', events: ['deal.*'] })
@Injectable()
class Recorder implements BatchEventConsumer {
  isBroken = true;
  before: (deliveries: readonly Delivery[]) => Promise<void> = () => Promise.resolve();

  async handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    if (this.isBroken) throw new Error('not now');
    await this.before(deliveries);
    const events = deliveries.map(({ event }) => event);
    await tx.query(
      `INSERT INTO effects (subject, seq)
       SELECT subject, seq FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS given(subject, seq, place) ORDER BY place`,
      [events.map(({ aggregateId }) => aggregateId), events.map(({ aggregateSeq }) => aggregateSeq)],
    );
  }
}

describe('a consumer with 10,000 events of one deal to catch up on', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query('CREATE TABLE effects (n bigserial, subject text, seq int)');
  });
  afterEach(() => bed.dispose());

  it('is given an event of another deal after at most 200 of these', async () => {
    const worker = await bed.start({ relay: true, providers: [Recorder], env: { OUTBOX_POLL_INTERVAL: '0.1' } });
    const recorder = worker.get(Recorder);
    await worker.append(bed.event(1));
    await waitFor('the failure', async () => (await bed.statuses('fair'))['failed'] === 1);
    for (let n = 0; n < BACKLOG; n += 1_000) await worker.append(...Array.from({ length: 1_000 }, () => bed.event(1)));
    await waitFor('a ticket for each of them', async () => {
      const [row] = await bed.database.query(`SELECT count(*)::int AS n FROM zakops.outbox_tickets WHERE status = 'pending'`);
      return row?.['n'] === BACKLOG;
    });

    const { passed, open } = gate();
    let heldFrom: number | undefined;
    recorder.before = (deliveries) => {
      if (!deliveries.some(({ event }) => event.aggregateId === 'DEAL-000001' && event.aggregateSeq === HELD_SEQ)) return Promise.resolve();
      heldFrom = deliveries[0]?.event.aggregateSeq;
      return passed;
    };
    recorder.isBroken = false;
    await bed.skipWaits();
    const from = await waitFor('the call with the backlog', () => heldFrom);
    await worker.append(bed.event(2));
    await waitFor('its position', async () => {
      const rows = await bed.database.query('SELECT FROM zakops.event_log WHERE position = $1', [BACKLOG + 2]);
      return rows.length === 1;
    });
    open();

    const other = await waitFor('the event of the other deal', async () => {
      const [row] = await bed.database.query<{ n: number }>(`SELECT n::int FROM effects WHERE subject = 'DEAL-000002'`);
      return row?.n;
    });
    const before = await bed.database.query<{ seq: number }>(
      `SELECT seq FROM effects WHERE subject = 'DEAL-000001' AND n < $1 ORDER BY n`,
      [other],
    );
    const seqs = before.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    // Those of the call that was held, and those of one more at most.
    expect(seqs.length - (from - 1)).toBeLessThanOrEqual(2 * MOST_OF_A_STREAM);
  });
});
