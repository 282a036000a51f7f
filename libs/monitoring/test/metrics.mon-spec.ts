import { DatabaseConnector } from '#zakops/database';
import { OutboxStatsReader } from '#zakops/outbox';
import {
  createTestDatabase,
  freePort,
  RawCall,
  requestText,
  spawnApi,
  spawnApp,
  spawnWorker,
  SseClient,
  TcpProxy,
  waitFor,
} from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { AuthApi, bearer } from '../../../apps/api/test/auth-harness.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { Scraped } from './scraped.js';
import { writeTicket } from '../../../apps/api/test/tickets.builder.js';

const REQUESTS = 'zakops_http_requests_total';
const DURATIONS = 'zakops_http_request_duration_seconds_count';

describe('GET /metrics', () => {
  let database: TestDatabase;
  let api: OperationsApi;
  const scrape = (): Promise<Scraped> => Scraped.of(`${api.url}/metrics`);

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  it('counts and times requests by method, route template and status', async () => {
    await api.post('/api/deals', { canonical_name: 'acme', display_name: 'Acme', stage: 'inbound' });
    for (let n = 0; n < 3; n += 1) await api.get(`/api/deals/DEAL-00099${String(n)}`);
    const scraped = await scrape();
    expect(scraped.value(REQUESTS, { method: 'POST', route: '/api/deals' })).toBe(1);
    expect(scraped.all(REQUESTS, { method: 'GET', route: '/api/deals/:id' })).toEqual([
      { name: REQUESTS, labels: { process: 'api', method: 'GET', route: '/api/deals/:id', status: '404' }, value: 3 },
    ]);
    expect(scraped.value(DURATIONS, { method: 'GET', route: '/api/deals/:id', status_class: '4xx' })).toBe(3);
    const buckets = scraped.all('zakops_http_request_duration_seconds_bucket', { route: '/api/deals/:id' });
    // What is promised can be read off without guessing between two bounds.
    expect(buckets.map(({ labels }) => labels['le'])).toEqual(expect.arrayContaining(['0.5', '2', '+Inf']));
    expect(buckets.at(-1)?.value).toBe(3);
  });

  it('makes no series of what callers invent: paths, methods, names of headers', async () => {
    await api.get('/nowhere');
    await call(api.url, 'PURGE', '/nowhere');
    const before = await scrape();
    for (let n = 0; n < 100; n += 1) await api.get(`/${randomUUID()}/${String(n)}?${randomUUID()}`);
    for (const method of ['PROPFIND', 'LOCK', 'SEARCH', 'MKCOL']) await call(api.url, method, `/${randomUUID()}`);
    const after = await scrape();
    const http = (scraped: Scraped): string[] =>
      scraped.samples.filter(({ name }) => name.startsWith('zakops_http_')).map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    expect(http(after)).toEqual(http(before));
    const unmatched = { method: 'GET', route: 'unmatched', status: '404' };
    expect((after.value(REQUESTS, unmatched) ?? 0) - (before.value(REQUESTS, unmatched) ?? 0)).toBe(100);
    expect(after.value(REQUESTS, { method: 'other' })).toBe(5);
  });

  it('leaves probes out, and times no stream', async () => {
    for (const path of ['/health', '/health/ready', '/api/health/live']) await fetch(api.url + path);
    const client = await SseClient.open(`${api.url}/api/events/stream`);
    const open = await waitFor('the stream', async () => {
      const scraped = await scrape();
      return scraped.value('zakops_sse_connections') === 1 && scraped;
    });
    // This scrape and the stream.
    expect(open.value('zakops_http_requests_in_flight')).toBe(2);
    client.close();
    const closed = await waitFor('its end', async () => {
      const scraped = await scrape();
      return scraped.value(REQUESTS, { route: '/api/events/stream' }) === 1 && scraped;
    });
    expect(closed.value('zakops_http_requests_in_flight')).toBe(1);
    expect(closed.value('zakops_sse_connections_closed_total', { cause: 'client' })).toBe(1);
    expect(closed.all(DURATIONS, { route: '/api/events/stream' })).toEqual([]);
    expect(closed.samples.filter(({ labels }) => labels['route']?.includes('health'))).toEqual([]);
  });

  it('tells depth, age and dead letters of the outbox, by consumer, and bounds what an unbounded table would make slow', async () => {
    await writeTicket(database, { status: 'pending', aggregateId: 'one', dueAgo: '30 s' });
    await writeTicket(database, { status: 'dead', aggregateId: 'two' });
    for (let n = 0; n < 25; n += 1)
      await writeTicket(database, { status: 'dead', aggregateId: `reason-${String(n)}`, reasonCode: `code_${String(n)}` });
    const scraped = await waitFor('fresh metrics', async () => {
      const found = await scrape();
      return (found.value('zakops_dlq_entries', { consumer: 'mailer' }) ?? 0) > 0 && found;
    });
    expect(scraped.value('zakops_outbox_tickets', { consumer: 'mailer', status: 'pending' })).toBe(1);
    expect(scraped.value('zakops_outbox_tickets', { consumer: 'mailer', status: 'dead' })).toBe(26);
    expect(scraped.value('zakops_dlq_entries', { consumer: 'mailer' })).toBe(26);
    expect(scraped.value('zakops_outbox_oldest_due_age_seconds', { consumer: 'mailer' })).toBeGreaterThanOrEqual(30);
    expect(scraped.value('zakops_dlq_oldest_age_seconds')).toBeGreaterThan(0);
    expect(scraped.value('zakops_outbox_leader_alive')).toBe(0);
    const reasons = scraped.all('zakops_dlq_entries_by_reason');
    expect(reasons.reduce((sum, { value }) => sum + value, 0)).toBe(26);
    expect(reasons.length).toBe(21);
  });

  it('asks the database once in five seconds, however many scrape', async () => {
    await scrape();
    const reads = jest.spyOn(api.app.get(OutboxStatsReader, { strict: false }), 'read');
    await Promise.all(Array.from({ length: 30 }, scrape));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(1);
    reads.mockRestore();
  });
});

describe('metrics of workers', () => {
  it('come with their heartbeats, one series each, and go when they stop', async () => {
    const database = await createTestDatabase();
    const api = await spawnApi(database.url);
    const workers = [await spawnWorker(database.url), await spawnWorker(database.url, {}, false)];
    try {
      const published = 'zakops_events_published_total';
      await fetch(`${api.url}/api/deals`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ canonical_name: 'acme', display_name: 'Acme', stage: 'inbound' }),
      });
      const both = await waitFor(
        'both workers with an event',
        async () => {
          const scraped = await Scraped.of(`${api.url}/metrics`);
          const leaders = scraped.all('zakops_outbox_leader').map(({ value }) => value);
          const done = scraped.all(published).some(({ value }) => value === 1);
          return leaders.length === 2 && done && scraped;
        },
        20_000,
      );
      expect(
        both
          .all('zakops_outbox_leader')
          .map(({ value }) => value)
          .sort(),
      ).toEqual([0, 1]);
      expect(both.all('zakops_processes').map(({ labels, value }) => [labels['kind'], labels['role'], value])).toEqual([
        ['api', 'serving', 1],
        ['outbox-worker', 'active', 1],
        ['outbox-worker', 'standby', 1],
      ]);
      const delivered = both.all('zakops_outbox_processed_total', { consumer: 'deal-activity', result: 'delivered' });
      const names = delivered.map(({ labels }) => labels['worker'] ?? '');
      for (const { process } of workers) expect(names.filter((name) => name.endsWith(`/${String(process.pid)}`))).toHaveLength(1);
      expect(delivered.reduce((sum, { value }) => sum + value, 0)).toBe(1);
      expect(both.all('zakops_build_info').map(({ labels }) => labels['process'])).toEqual(['api', 'outbox-worker', 'outbox-worker']);
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
      await waitFor(
        'nothing of workers',
        async () => {
          const scraped = await Scraped.of(`${api.url}/metrics`);
          return scraped.all('zakops_outbox_leader').length === 0 && scraped.value('zakops_processes', { role: 'active' }) === 0;
        },
        20_000,
      );
    } finally {
      await Promise.all([api.stop(), ...workers.map((worker) => worker.stop())]);
      await database.drop();
    }
  });
});

describe('METRICS_PORT', () => {
  it('answers without a login, and nothing but metrics, while the API asks who calls', async () => {
    const port = await freePort();
    const api = await AuthApi.start({ METRICS_PORT: String(port) });
    const own = `http://127.0.0.1:${String(port)}`;
    try {
      expect((await Scraped.of(`${own}/metrics`)).value('zakops_scrape_database_up')).toBe(1);
      expect((await fetch(`${own}/api/deals`)).status).toBe(404);
      const posted = await fetch(`${own}/metrics`, { method: 'POST' });
      expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      // A page whose name was pointed to this machine is of the same origin to its browser.
      const rebound = await RawCall.send(own, requestText('GET /metrics', 'Host: evil.example', 'Connection: close'));
      expect(await rebound.status()).toBe(421);
      expect((await api.call('/metrics')).status).toBe(401);
      const admin = await api.operator('admin');
      const { key: stats } = await api.issueKey(admin, ['admin:stats']);
      const { key: reader } = await api.issueKey(admin, ['deals:read']);
      expect((await api.call('/metrics', bearer(reader))).status).toBe(403);
      const scraped = await Scraped.of(`${api.url}/metrics`, bearer(stats));
      expect(scraped.value('zakops_db_pool_size')).toBe(20);
    } finally {
      await api.stop();
    }
    await expect(fetch(`${own}/metrics`)).rejects.toThrow();
  });

  it('gives the worker one of its own, without the metrics of the system', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const worker = await spawnWorker(database.url, { METRICS_PORT: String(port) });
    try {
      const scraped = await Scraped.of(`http://127.0.0.1:${String(port)}/metrics`);
      expect(scraped.value('zakops_outbox_leader', { process: 'outbox-worker' })).toBe(1);
      expect(scraped.all('zakops_outbox_tickets')).toEqual([]);
    } finally {
      await worker.stop();
      await database.drop();
    }
  });

  it('must be free, or the process does not start', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const first = await spawnApi(database.url, { METRICS_PORT: String(port) });
    try {
      const second = spawnApp('api', { DATABASE_URL: database.url, PORT: String(await freePort()), METRICS_PORT: String(port) });
      await second.waitForLine(`METRICS_PORT ${String(port)} cannot be opened on 127.0.0.1.`);
      expect(await second.stop()).toEqual({ code: 1, signal: null });
    } finally {
      await first.stop();
      await database.drop();
    }
  });
});

describe('a scrape while the database is away', () => {
  it.each(['refuses', 'hangs'] as const)('answers 200 within three seconds with what the process knows, when it %s', async (how) => {
    const database = await createTestDatabase();
    const proxy = await TcpProxy.before(database.url);
    const api = await startOperationsApi(proxy.url);
    try {
      await api.app.get(DatabaseConnector).whenConnected();
      expect((await Scraped.of(`${api.url}/metrics`)).value('zakops_scrape_database_up')).toBe(1);
      if (how === 'refuses') proxy.refuse();
      else proxy.pause();
      const away = await waitFor(
        'missing metrics',
        async () => {
          const startedAt = performance.now();
          const scraped = await Scraped.of(`${api.url}/metrics`);
          expect(performance.now() - startedAt).toBeLessThan(3_000);
          return scraped.value('zakops_scrape_database_up') === 0 && scraped;
        },
        15_000,
      );
      expect(away.value('zakops_process_resident_memory_bytes')).toBeGreaterThan(0);
      // Missing, not old: nobody is to believe that the outbox is empty.
      expect(away.all('zakops_outbox_tickets')).toEqual([]);
      proxy.resume();
      await waitFor('metrics', async () => (await Scraped.of(`${api.url}/metrics`)).value('zakops_scrape_database_up') === 1, 15_000);
    } finally {
      proxy.resume();
      await api.close();
      await proxy.close();
      await database.drop();
    }
  });
});

/** Methods that fetch does not send. */
function call(url: string, method: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url + path, { method, headers: { connection: 'close' } }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}
