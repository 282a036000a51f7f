import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { LEASE_TTL_MS } from '../src/lease/worker-lease.js';
import { gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const HELD_FOR_MS = 3 * LEASE_TTL_MS;

@EventConsumer({ name: 'slow', events: ['deal.*'] })
@Injectable()
class Slow implements SingleEventConsumer {
  calls = 0;
  wait: Promise<void> = Promise.resolve();

  async handle({ event }: Delivery, tx: Transaction): Promise<void> {
    this.calls += 1;
    await tx.query('INSERT INTO effects (event_id) VALUES ($1)', [event.id]);
    await this.wait;
  }
}

@EventConsumer({ name: 'slow-caller', events: ['deal.*'] })
@Injectable()
class SlowCaller implements AwaitingEventConsumer {
  calls = 0;
  wait: Promise<void> = Promise.resolve();

  async handleAwaiting(): Promise<void> {
    this.calls += 1;
    await this.wait;
  }
}

describe('a delivery that takes three times as long as a lease', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query('CREATE TABLE effects (event_id uuid)');
  });
  afterEach(() => bed.dispose());

  const start = (): Promise<OutboxProcess> =>
    bed.start({ relay: true, providers: [Slow, SlowCaller], env: { OUTBOX_POLL_INTERVAL: '0.1', OUTBOX_HANDLER_TIMEOUT: '30' } });

  it('stays with its living worker, has one effect, and counts no attempt', async () => {
    const worker = await start();
    const { passed, open } = gate();
    const [slow, caller] = [worker.get(Slow), worker.get(SlowCaller)];
    [slow.wait, caller.wait] = [passed, passed];
    await worker.append(bed.event(1));
    await waitFor('both calls', () => slow.calls === 1 && caller.calls === 1);
    const standby = await start();

    const leases = new Set<string>();
    const [{ end } = { end: '' }] = await bed.database.query<{ end: string }>(
      `SELECT (clock_timestamp() + $1 * interval '1 ms')::text AS "end"`,
      [HELD_FOR_MS],
    );
    await waitFor(
      'three times the term of a lease, by the clock of the database',
      async () => {
        const [row] = await bed.database.query<{ lease: string; isOver: boolean }>(
          `SELECT owner || '/' || fence AS lease, heartbeat_at > $1::timestamptz AS "isOver" FROM zakops.worker_leases WHERE name = 'outbox'`,
          [end],
        );
        leases.add(row?.lease ?? 'none');
        return row?.isOver;
      },
      2 * HELD_FOR_MS,
    );
    const [lease] = await bed.database.query<{ owner: string }>(`SELECT owner FROM zakops.worker_leases WHERE name = 'outbox'`);
    expect([...leases]).toEqual([`${lease?.owner ?? ''}/1`]);

    open();
    for (const consumer of ['slow', 'slow-caller']) {
      await waitFor(`the delivery to ${consumer}`, async () => (await bed.statuses(consumer))['delivered'] === 1);
    }
    expect([slow.calls, caller.calls, standby.get(Slow).calls, standby.get(SlowCaller).calls]).toEqual([1, 1, 0, 0]);
    expect(await bed.database.query('SELECT count(*)::int AS n FROM effects')).toEqual([{ n: 1 }]);
    expect(await bed.database.query('SELECT 1 FROM zakops.outbox_tickets UNION ALL SELECT 1 FROM zakops.outbox_attempts')).toEqual([]);
  }, 60_000);
});
