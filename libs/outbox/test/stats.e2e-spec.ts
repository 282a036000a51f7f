import { DatabaseConnector } from '#zakops/database';
import { createTestDatabase, TcpProxy, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { OutboxTestbed } from './outbox-testbed.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { writeTicket } from '../../../apps/api/test/tickets.builder.js';

interface Stats extends Record<string, unknown> {
  readonly by_status: Record<string, number>;
  readonly consumers: readonly Record<string, unknown>[];
  readonly rates: Record<string, number | null>;
  readonly leader: Record<string, unknown>;
  readonly summary: string;
  readonly failing: readonly unknown[];
  readonly healthy: boolean;
}

const HEARTBEAT = `UPDATE zakops.worker_leases SET owner = 'host/1/abc', fence = 7, acquired_at = now() - interval '1 hour', heartbeat_at = now(),
  expires_at = now() + interval '1 hour', report = $1::jsonb`;

describe('/api/admin/outbox/stats', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  beforeEach(async () => {
    // One by one: a reader that takes two of them in another order would make a deadlock.
    for (const table of ['events', 'event_log', 'outbox_waiting', 'outbox_tickets', 'consumer_progress'])
      await database.query(`TRUNCATE zakops.${table}`);
    await database.query('UPDATE zakops.event_log_head SET position = 0');
    await database.query(
      `UPDATE zakops.worker_leases SET owner = NULL, fence = 0, acquired_at = NULL, heartbeat_at = NULL, expires_at = '-infinity', report = '{}', unclean_ends = 0`,
    );
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const stats = async (): Promise<Stats> => {
    const answer = await api.get<Stats>('/api/admin/outbox/stats');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    return answer.body;
  };

  const beat = (report: Record<string, unknown> = {}): Promise<unknown> => database.query(HEARTBEAT, [JSON.stringify(report)]);

  it('shows zeros and no worker in an empty system', async () => {
    expect(await stats()).toEqual({
      by_status: { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 0 },
      stuck_count: 0,
      healthy: false,
      summary: 'No worker is active: 0 tickets waiting.',
      failing: [],
      oldest_due_age_seconds: null,
      waiting_count: 0,
      rates: { window_seconds: 60, in_per_second: null, published_per_second: 0, delivered_per_second: 0 },
      consumers: [
        {
          consumer: 'log',
          by_status: { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 0 },
          waiting_count: 0,
          stuck_count: 0,
          failing_count: 0,
          failing_since: null,
          oldest_due_age_seconds: null,
          last_delivered_at: null,
          delivered_check: null,
        },
      ],
      attempts: 0,
      failed_attempts: 0,
      fenced_acknowledgements: 0,
      lease_recoveries: 0,
      leader: { owner: null, fence: 0, since: null, last_heartbeat_at: null, alive: false, unclean_ends: 0 },
      last_poll_at: null,
      wake_mode: null,
      log_position: 0,
      pauses: [],
    });
  });

  it('counts live tickets by state and consumer, and takes the delivered ones from the counters', async () => {
    for (const status of ['pending', 'pending', 'processing', 'failed', 'dead', 'dead'] as const) {
      await writeTicket(database, { status, aggregateId: status, dueAgo: status === 'failed' ? '-1 minute' : '5 s' });
    }
    await writeTicket(database, { status: 'dead', consumer: 'webhooks' });
    await database.query(
      `INSERT INTO zakops.consumer_progress (consumer, delivered, last_delivered_at) VALUES ('mailer', 1000, now()), ('idle', 0, NULL)
       ON CONFLICT (consumer) DO UPDATE SET delivered = excluded.delivered`,
    );
    await beat();
    const body = await stats();
    // Seven events were published, and 1,000 tickets delivered.
    expect(body.by_status).toEqual({ pending: 2, processing: 1, delivered: 1_007, failed: 1, dead: 3 });
    expect(body['log_position']).toBe(7);
    expect(body.consumers.map(({ consumer, by_status }) => [consumer, by_status])).toEqual([
      ['log', { pending: 0, processing: 0, delivered: 7, failed: 0, dead: 0 }],
      ['idle', { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 0 }],
      ['mailer', { pending: 2, processing: 1, delivered: 1_000, failed: 1, dead: 2 }],
      ['webhooks', { pending: 0, processing: 0, delivered: 0, failed: 0, dead: 1 }],
    ]);
    expect(body['oldest_due_age_seconds']).toBeGreaterThanOrEqual(5);
    expect(body['oldest_due_age_seconds']).toBeLessThan(35);
    expect(body['healthy']).toBe(false);
    expect(body.summary).toMatch(
      /^1 delivery to mailer fails since .* UTC\. 2 dead letters of mailer wait for an operator\. 1 dead letter of webhooks waits for an operator\.$/,
    );
  });

  it('shows how many workers in a row did not give their lease back', async () => {
    await beat();
    await database.query('UPDATE zakops.worker_leases SET unclean_ends = 3');
    expect((await stats()).leader).toMatchObject({ alive: true, unclean_ends: 3 });
  });

  it('shows the worker with what it reported, and no rates of a worker that is gone', async () => {
    await beat({
      published_per_second: 12.5,
      delivered_per_second: 25,
      attempts: 70,
      failed_attempts: 5,
      lease_recoveries: 3,
      last_poll_at: '2026-01-31T12:00:00.000Z',
      wake_mode: 'listen',
      something_new: true,
    });
    expect(await stats()).toMatchObject({
      rates: { published_per_second: 12.5, delivered_per_second: 25 },
      attempts: 70,
      failed_attempts: 5,
      lease_recoveries: 3,
      leader: {
        owner: 'host/1/abc',
        fence: 7,
        since: expect.stringMatching(/Z$/),
        last_heartbeat_at: expect.stringMatching(/Z$/),
        alive: true,
      },
      last_poll_at: '2026-01-31T12:00:00.000Z',
      wake_mode: 'listen',
      healthy: true,
      summary: 'The worker is active: 0 tickets waiting; 12.5 events published and 25 delivered per second.',
    });
    await database.query(`UPDATE zakops.worker_leases SET expires_at = now() - interval '1 second'`);
    expect(await stats()).toMatchObject({
      rates: { published_per_second: 0, delivered_per_second: 0 },
      leader: { owner: 'host/1/abc', alive: false },
      healthy: false,
    });
  });

  it('does not call alive a worker whose last heartbeat lies in the future: the clock was set back, and the lease is no promise', async () => {
    await database.query(HEARTBEAT.replace('heartbeat_at = now()', `heartbeat_at = now() + interval '5 minutes'`), ['{}']);
    expect(await stats()).toMatchObject({ healthy: false, leader: { alive: false }, rates: { published_per_second: 0 } });
    await beat();
    expect(await stats()).toMatchObject({ healthy: true, leader: { alive: true } });
  });

  it('lists failing loops of the workers that live, the longest first', async () => {
    await beat();
    const write = (id: string, age: string, loop: string, since: string): Promise<unknown> =>
      database.query(
        `INSERT INTO zakops.processes (process_id, kind, version, commit, started_at, beat_at, progress_at, failing)
         VALUES ($1, 'outbox-worker', '1', 'c', now(), now() - $2::interval, now(), jsonb_build_array(
           jsonb_build_object('loop', $3::text, 'since', $4::text, 'failures', 2, 'error', 'Error: no')))`,
        [id, age, loop, since],
      );
    await write('vm1/1/a', '1 s', 'publishing', '2026-01-31T12:00:00Z');
    await write('vm2/1/b', '1 s', 'lease', '2026-01-31T11:00:00Z');
    await write('vm3/1/gone', '30 s', 'lease', '2026-01-31T10:00:00Z');
    await write('vm4/1/of-the-future', '-30 s', 'lease', '2026-01-31T10:00:00Z');
    const { failing, healthy, summary } = await stats();
    await database.query(`DELETE FROM zakops.processes WHERE kind = 'outbox-worker'`);
    expect(failing).toEqual([
      { loop: 'lease', since: '2026-01-31T11:00:00.000Z', failures: 2, error: 'Error: no', process: 'vm2/1/b' },
      { loop: 'publishing', since: '2026-01-31T12:00:00.000Z', failures: 2, error: 'Error: no', process: 'vm1/1/a' },
    ]);
    expect([healthy, summary]).toEqual([
      false,
      'lease has failed since 2026-01-31 11:00:00 UTC (2 times): Error: no. publishing has failed since 2026-01-31 12:00:00 UTC (2 times): Error: no.',
    ]);
  });

  it('adds up what workers were refused, the active one and those that were active before', async () => {
    const write = (id: string, fenced: unknown, age: string): Promise<unknown> =>
      database.query(
        `INSERT INTO zakops.processes (process_id, kind, version, commit, started_at, beat_at, progress_at, figures)
         VALUES ($1, 'outbox-worker', '1', 'c', now(), now() - $3::interval, now(), $2::jsonb)`,
        [id, JSON.stringify({ outbox_fenced_acknowledgements: fenced }), age],
      );
    await write('a', 2, '1 s');
    await write('b', 40, '1 s');
    await write('c', 'none', '1 s');
    await write('d', 500, '1 min');
    expect((await stats())['fenced_acknowledgements']).toBe(42);
    await database.query(`DELETE FROM zakops.processes WHERE kind = 'outbox-worker'`);
  });

  it('is unhealthy when something is stuck for more than one hour, or due for more than one minute', async () => {
    await beat();
    await writeTicket(database, { status: 'pending', dueAgo: '59 minutes' });
    expect(await stats()).toMatchObject({
      stuck_count: 0,
      healthy: false,
      summary: 'Delivery does not keep up: 1 ticket waiting, the oldest due for 59 min.',
    });
    await writeTicket(database, { status: 'pending', dueAgo: '61 minutes' });
    expect(await stats()).toMatchObject({
      stuck_count: 1,
      healthy: false,
      summary: '1 ticket pending for more than an hour; 2 tickets waiting, the oldest due for 61 min.',
    });
  });

  it('does not call late what waits behind the retry of its own aggregate', async () => {
    await beat();
    await writeTicket(database, { status: 'failed', aggregateId: 'DEAL-000001', dueAgo: '-4 minutes' });
    await writeTicket(database, { status: 'pending', aggregateId: 'DEAL-000001', dueAgo: null });
    await writeTicket(database, { status: 'pending', aggregateId: 'DEAL-000002', dueAgo: '10 s' });
    const body = await stats();
    expect(body).toMatchObject({ waiting_count: 1, summary: expect.stringMatching(/^1 delivery to mailer fails since/) });
    expect(body['oldest_due_age_seconds']).toBeLessThan(40);
    // The same aggregate of another consumer is free.
    await writeTicket(database, { status: 'pending', consumer: 'webhooks', aggregateId: 'DEAL-000001', dueAgo: '3 minutes' });
    expect(await stats()).toMatchObject({
      waiting_count: 1,
      summary: expect.stringMatching(/^Delivery does not keep up: 4 tickets waiting/),
    });
  });

  it('tells how fast events are appended, from the sequence of tickets', async () => {
    const first = await stats();
    // A sequence that gave no number yet has 1 as its last value, too.
    await database.query(
      `SELECT setval('zakops.outbox_ordinal_seq', 600 + CASE WHEN is_called THEN last_value ELSE 0 END) FROM zakops.outbox_ordinal_seq`,
    );
    const rate = await waitFor('a rate', async () => {
      const { in_per_second: perSecond } = (await stats()).rates;
      return perSecond !== null && perSecond !== undefined && perSecond > 0 && perSecond;
    });
    expect(first.rates['in_per_second'] ?? 0).toBeLessThan(1);
    expect(rate).toBeGreaterThan(10);
    expect(rate).toBeLessThanOrEqual(600);
  });

  it('agrees with the query of the runbook after real work', async () => {
    const bed = await OutboxTestbed.create();
    const own = await startOperationsApi(bed.database.url);
    try {
      const worker = await bed.start({ relay: true, env: { OUTBOX_POLL_INTERVAL: '0.1' } });
      for (let n = 0; n < 25; n += 1) await worker.append(bed.event(n % 5));
      const body = await waitFor('the log', async () => {
        const answer = await own.get<Stats>('/api/admin/outbox/stats');
        return answer.body['log_position'] === 25 && answer.body;
      });
      const rows = await bed.database.query<{ status: string; count: string }>(
        'SELECT status, COUNT(*) FROM zakops.outbox GROUP BY status',
      );
      expect(rows).toEqual([{ status: 'delivered', count: '25' }]);
      expect(body.by_status).toEqual({ pending: 0, processing: 0, delivered: 25, failed: 0, dead: 0 });
      expect(body.leader).toMatchObject({ alive: true });
    } finally {
      await own.close();
      await bed.dispose();
    }
  });

  it('answers 503 with Retry-After while the database is away', async () => {
    const proxy = await TcpProxy.before(database.url);
    proxy.refuse();
    const away = await startOperationsApi(proxy.url);
    try {
      for (const path of ['/api/admin/outbox/stats', '/api/admin/dlq', '/api/admin/dlq/stats']) {
        const { status, body, headers } = await away.get(path);
        expect([path, status, body['code'], headers.get('retry-after')]).toEqual([path, 503, 'SERVICE_UNAVAILABLE', '5']);
        expect(JSON.stringify(body)).not.toContain(new URL(proxy.url).port);
      }
      proxy.resume();
      await waitFor('the figures', async () => (await away.get('/api/admin/outbox/stats')).status === 200);
    } finally {
      await away.close();
      await proxy.close();
    }
  });
});
