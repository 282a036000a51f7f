import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

/** As the runbook has it. */
const QUERY = 'SELECT status, count(*) FROM zakops.outbox GROUP BY status';

@EventConsumer({ name: 'mailer', events: ['deal.*'] })
@Injectable()
class Mailer implements SingleEventConsumer {
  calls = 0;
  behave: (delivery: Delivery) => Promise<void> = () => Promise.resolve();

  async handle(delivery: Delivery, _tx: Transaction): Promise<void> {
    this.calls += 1;
    await this.behave(delivery);
  }
}

describe('the query of the runbook', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  const counts = async (): Promise<Record<string, string>> => {
    const rows = await bed.database.query<{ status: string; count: string }>(QUERY);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  };
  const worker = (): Promise<OutboxProcess> => bed.start({ relay: true, providers: [Mailer], env: { OUTBOX_POLL_INTERVAL: '0.1' } });
  /** Has a failed ticket be due now, or not within this test. */
  const setDue = (deal: string, wait: string): Promise<unknown> =>
    bed.database.query(
      `UPDATE zakops.outbox_tickets SET due_at = now() + $2::interval
        WHERE status = 'failed' AND stream = zakops.stream_of('deal', $1)`,
      [deal, wait],
    );

  it('gives all five states, each as often as deliveries have led to it', async () => {
    const before = await worker();
    before.get(Mailer).behave = ({ event, attempt }) => {
      if (event.aggregateId === 'DEAL-000002') return Promise.reject(new PermanentDeliveryError('http_410', 'gone'));
      if (['DEAL-000003', 'DEAL-000004', 'DEAL-000005'].includes(event.aggregateId) && attempt === 1) {
        return Promise.reject(new Error('not now'));
      }
      return Promise.resolve();
    };
    const deals = [1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 4, 5];
    await before.append(...deals.map((deal) => bed.event(deal)));
    await waitFor('the end of the log', async () => {
      const rows = await bed.database.query('SELECT FROM zakops.consumer_progress WHERE position = $1', [deals.length]);
      return rows.length === 1;
    });
    await setDue('DEAL-000003', '30 minutes');
    await setDue('DEAL-000005', '30 minutes');
    await setDue('DEAL-000004', '0');
    // A published event is one delivery to the log; a retry that succeeded keeps its ticket.
    await waitFor('the retry', async () => (await counts())['delivered'] === String(deals.length + 1));
    expect(await counts()).toEqual({ delivered: '13', dead: '2', failed: '2', pending: '4' });

    // The next worker finds a lease that was not given back, so it marks what it takes in hand.
    await before.close();
    await bed.database.query(`UPDATE zakops.worker_leases SET owner = 'another', expires_at = now() WHERE name = 'outbox'`);
    await setDue('DEAL-000005', '0');
    const careful = await worker();
    const mailer = careful.get(Mailer);
    const { passed, open } = gate();
    mailer.behave = () => passed;
    await waitFor('the call', () => mailer.calls === 1);
    expect(await counts()).toEqual({ delivered: '13', dead: '2', failed: '1', pending: '4', processing: '1' });

    open();
    await waitFor('its end', async () => (await counts())['processing'] === undefined);
    expect(await counts()).toEqual({ delivered: '14', dead: '2', failed: '1', pending: '4' });
  });
});
