import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, PermanentDeliveryError } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { Leadership } from '../src/lease/leadership.js';
import { Publisher } from '../src/publish/publisher.js';
import { OutboxTestbed } from './outbox-testbed.js';

@Injectable()
@EventConsumer({ name: 'picky', events: ['deal.*'] })
class PickyConsumer implements SingleEventConsumer {
  handle({ event }: Delivery): Promise<void> {
    return event.aggregateId === 'DEAL-000013' ? Promise.reject(new PermanentDeliveryError('unlucky', 'Thirteen.')) : Promise.resolve();
  }
}

describe('the report of a worker', () => {
  let bed: OutboxTestbed;
  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  const report = async (): Promise<Record<string, unknown>> => {
    const [row] = await bed.database.query<{ report: Record<string, unknown> }>(
      `SELECT report FROM zakops.worker_leases WHERE name = 'outbox'`,
    );
    return row?.report ?? {};
  };

  it('counts attempts at deliveries, and those that failed', async () => {
    const worker = await bed.start({ relay: true, providers: [PickyConsumer] });
    await worker.append(bed.event(1), bed.event(13), bed.event(2), bed.event(3));
    await waitFor('all attempts', async () => (await report())['attempts'] === 4);
    expect((await report())['failed_attempts']).toBe(1);
  });

  it('tells when it last looked through the outbox with success, and not when it tried', async () => {
    const worker = await bed.start({ relay: true, env: { OUTBOX_POLL_INTERVAL: '0.1' } });
    const first = await waitFor('the first look', async () => (await report())['last_poll_at']);
    const later = await waitFor('a later one', async () => {
      const at = (await report())['last_poll_at'];
      return at !== first && at;
    });
    expect(String(later) > String(first)).toBe(true);

    const publish = jest.spyOn(worker.get(Publisher), 'publish').mockRejectedValue(new Error('no'));
    await waitFor('failing looks', () => publish.mock.calls.length > 3);
    const failingSince = new Date().toISOString();
    // Two reports, so that the second was surely made after that.
    const beats = async (): Promise<unknown> =>
      (await bed.database.query<{ at: string }>(`SELECT heartbeat_at::text AS at FROM zakops.worker_leases WHERE name = 'outbox'`))[0]?.at;
    for (let n = 0; n < 2; n += 1) {
      const before = await beats();
      await waitFor('a report', async () => (await beats()) !== before);
    }
    expect(String((await report())['last_poll_at']) < failingSince).toBe(true);
  });

  it('tells with its heartbeats how often it was refused, also when it is not the active one any more', async () => {
    const worker = await bed.start({ relay: true, env: { OUTBOX_POLL_INTERVAL: '60' } });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
    // Another worker has taken over, and this one has not noticed.
    await bed.database.query('UPDATE zakops.event_log_head SET fence = fence + 1');
    const takeOver = (): Promise<unknown> =>
      bed.database.query(
        `UPDATE zakops.worker_leases
            SET owner = 'other', fence = fence + CASE owner WHEN 'other' THEN 0 ELSE 1 END, heartbeat_at = now(), expires_at = now() + interval '4 s'
          WHERE name = 'outbox'`,
      );
    await takeOver();
    await worker.append(bed.event(1));
    await waitFor('the heartbeat', async () => {
      await takeOver();
      const rows = await bed.database.query(
        `SELECT 1 FROM zakops.processes WHERE role = 'standby' AND figures ->> 'outbox_fenced_acknowledgements' = '1'`,
      );
      return rows.length === 1;
    });
  });
});
