import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { EventConsumer, PermanentDeliveryError } from '#zakops/outbox';
import type { Delivery, EventConsumerOptions, SingleEventConsumer } from '#zakops/outbox';
import { Retention } from '../src/retention/retention.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';

const PATH = '/api/admin/outbox/consumers';

interface Consumer {
  readonly name: string;
  readonly [field: string]: unknown;
}

interface Stats {
  readonly healthy: boolean;
  readonly summary: string;
  readonly consumers: readonly { readonly consumer: string }[];
}

/** A consumer class, and the positions that it was given. */
function consumer(options: Partial<EventConsumerOptions> = {}, fails = false): { type: Type<unknown>; seen: number[] } {
  const seen: number[] = [];

  @Injectable()
  @EventConsumer({ name: 'mailer', events: ['deal.*'], ...options })
  class TestConsumer implements SingleEventConsumer {
    handle({ event }: Delivery): Promise<void> {
      if (fails) return Promise.reject(new PermanentDeliveryError('gone', 'It is gone.'));
      seen.push(event.position);
      return Promise.resolve();
    }
  }
  return { type: TestConsumer, seen };
}

describe('/api/admin/outbox/consumers', () => {
  let bed: OutboxTestbed;
  let api: OperationsApi;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    api = await startOperationsApi(bed.database.url);
  });
  afterEach(async () => {
    await api.close();
    await bed.dispose();
  });

  const list = async (): Promise<readonly Consumer[]> => (await api.get<{ consumers: readonly Consumer[] }>(PATH)).body.consumers;
  const one = async (name: string): Promise<Consumer | undefined> => (await list()).find((found) => found.name === name);
  const stats = async (): Promise<Stats> => (await api.get<Stats>('/api/admin/outbox/stats')).body;

  /** Starts a worker and waits until it has said what it runs. */
  const work = async (...types: readonly Type<unknown>[]): Promise<OutboxProcess> => {
    const worker = await bed.start({ relay: true, providers: [...types] });
    await waitFor('what the worker runs', async () => {
      const [row] = await bed.database.query<{ said: boolean }>(
        `SELECT expires_at > now() AND report ? 'consumers' AS said FROM zakops.worker_leases WHERE name = 'outbox'`,
      );
      return row?.said === true;
    });
    return worker;
  };
  const append = async (worker: OutboxProcess, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await worker.append(bed.event(1));
  };
  const at = (name: string, position: number): Promise<Consumer> =>
    waitFor(`${name} at ${String(position)}`, async () => {
      const found = await one(name);
      return found?.['position'] === position && found;
    });

  /** A worker has run `mailer` and ended; another one without it is active. Five events were delivered to it. */
  const leftBehind = async (fails = false): Promise<OutboxProcess> => {
    const before = await work(consumer({}, fails).type);
    await append(before, 5);
    await at('mailer', 5);
    await before.close();
    return work(consumer({ name: 'other' }).type);
  };

  it('shows one that the worker runs, and one that no worker knows', async () => {
    const worker = await leftBehind();
    await append(worker, 2);
    await at('other', 7);
    const moment = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
    const tickets = { pending: 0, processing: 0, failed: 0, dead: 0 };
    const same = {
      state: 'active',
      pattern: expect.stringContaining('deal') as unknown,
      tickets,
      by_tickets: false,
      blocking_types: null,
    };
    expect(await list()).toEqual([
      { ...same, name: 'mailer', position: 5, lag: 2, delivered: 5, running: false, registered_at: moment, last_delivered_at: moment },
      { ...same, name: 'other', position: 7, lag: 0, delivered: 2, running: true, registered_at: moment, last_delivered_at: moment },
    ]);
  });

  it('refuses to remove what the active worker runs, and what there is not', async () => {
    await work(consumer().type);
    const refused = await api.delete(`${PATH}/mailer`);
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'CONFLICT', consumer: 'mailer' }]);
    expect(refused.body['detail']).toBe('The active worker runs consumer mailer: deploy a version without it first.');
    expect(await one('mailer')).toMatchObject({ state: 'active' });
    const unknown = await api.delete(`${PATH}/no-such`);
    expect([unknown.status, unknown.body]).toMatchObject([404, { code: 'NOT_FOUND', detail: 'There is no consumer no-such.' }]);
  });

  it('refuses while a worker has taken over and has not said what it runs', async () => {
    const worker = await leftBehind();
    await worker.close();
    await bed.database.query(
      `UPDATE zakops.worker_leases SET owner = 'vm/1/x', fence = fence + 1, report = '{}', heartbeat_at = now(), expires_at = now() + interval '4 s'
        WHERE name = 'outbox' AND set_config('zakops.follows_by', 'cursor', false) IS NOT NULL`,
    );
    const refused = await api.delete(`${PATH}/mailer`);
    expect(refused.status).toBe(409);
    expect(refused.body['detail']).toContain('has not said yet whether it runs consumer mailer');
  });

  it('removes what no worker runs: audited once, in no figure any more, and retention removes its dead letters', async () => {
    const worker = await leftBehind(true);
    expect(await one('mailer')).toMatchObject({ tickets: { dead: 5 } });
    expect((await stats()).consumers.map((found) => found.consumer)).toEqual(['log', 'mailer', 'other']);
    for (let n = 0; n < 2; n += 1) {
      const removed = await api.delete(`${PATH}/mailer?reason=replaced`);
      expect([removed.status, removed.body]).toEqual([200, { status: 'removed', consumer: 'mailer' }]);
    }
    expect(await one('mailer')).toMatchObject({ state: 'removed', running: false, lag: 0 });
    const after = await stats();
    expect([after.healthy, after.consumers.map((found) => found.consumer)]).toEqual([true, ['log', 'other']]);
    expect(await (await fetch(`${api.url}/metrics`)).text()).not.toContain('consumer="mailer"');
    const audited = await bed.database.query('SELECT action, resource_id, before, after, details FROM zakops.audit_log');
    expect(audited).toEqual([
      {
        action: 'consumer.removed',
        resource_id: 'mailer',
        before: { state: 'active' },
        after: { state: 'removed' },
        details: { reason: 'replaced', position: 5 },
      },
    ]);
    expect((await api.get('/api/admin/dlq')).body).toMatchObject({ total: 5 });
    await worker.get(Retention).run(() => false);
    expect((await api.get('/api/admin/dlq')).body).toMatchObject({ total: 0 });
  });

  it('says who runs nowhere, and calls the outbox unhealthy only while that one lags for more than a minute', async () => {
    const worker = await leftBehind();
    const idle = await stats();
    expect([idle.healthy, idle.summary]).toEqual([true, expect.stringContaining(' Consumer mailer runs in no worker.')]);
    await append(worker, 2);
    await at('other', 7);
    expect((await stats()).healthy).toBe(true);
    await bed.database.query(`UPDATE zakops.event_log SET published_at = now() - interval '5 minutes' WHERE position > 5`);
    expect(await stats()).toMatchObject({
      healthy: false,
      summary:
        'Consumer mailer runs in no worker, and 2 tickets waited for it for up to 5 min: ' +
        'start a worker that has it, or remove it with DELETE /api/admin/outbox/consumers/mailer.',
    });
    await api.delete(`${PATH}/mailer`);
    expect((await stats()).healthy).toBe(true);
  });

  it('begins like a new one when it is declared again, without its tickets of before', async () => {
    const worker = await leftBehind(true);
    await api.delete(`${PATH}/mailer`);
    await append(worker, 2);
    await at('other', 7);
    await worker.close();
    const again = consumer();
    const next = await work(again.type);
    expect(await one('mailer')).toMatchObject({ state: 'active', position: 7, delivered: 0, running: true, tickets: { dead: 0 } });
    await append(next, 1);
    await at('mailer', 8);
    expect(again.seen).toEqual([8]);
    expect(await bed.database.query(`SELECT 1 FROM zakops.outbox_attempts WHERE consumer = 'mailer'`)).toEqual([]);
  });

  it('goes on where it was when it was not removed', async () => {
    const worker = await leftBehind();
    await append(worker, 2);
    await at('other', 7);
    await worker.close();
    const again = consumer();
    await work(again.type);
    await at('mailer', 7);
    expect(again.seen).toEqual([6, 7]);
  });

  it('begins at the head, at the beginning or after a position, and never before what retention has left', async () => {
    const first = await work();
    await append(first, 6);
    await waitFor('the log', async () => (await bed.database.query('SELECT 1 FROM zakops.event_log')).length === 6);
    await first.close();
    const declared = [
      consumer({ name: 'at-head' }),
      consumer({ name: 'at-beginning', startAt: 'beginning' }),
      consumer({ name: 'at-four', startAt: 4 }),
      consumer({ name: 'at-future', startAt: 1_000 }),
    ];
    const second = await work(...declared.map(({ type }) => type));
    await append(second, 1);
    for (const name of ['at-head', 'at-beginning', 'at-four', 'at-future']) await at(name, 7);
    expect(declared.map(({ seen }) => seen)).toEqual([[7], [1, 2, 3, 4, 5, 6, 7], [5, 6, 7], [7]]);
    await second.close();

    await bed.database.query(`UPDATE zakops.event_log SET published_at = now() - interval '3 days' WHERE position <= 5`);
    await bed.database.query(`SELECT zakops.purge_events(interval '2 days', 5000)`);
    const late = consumer({ name: 'late', startAt: 'beginning' });
    await work(late.type);
    await at('late', 7);
    expect(late.seen).toEqual([6, 7]);
    expect(await bed.database.query(`SELECT started_after::int AS at FROM zakops.consumer_progress WHERE consumer = 'late'`)).toEqual([
      { at: 5 },
    ]);
  });
});
