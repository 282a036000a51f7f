import { createTestDatabase, freePort, spawnApp, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApp, TestDatabase } from '#zakops/testing';
import { NetworkNamespace } from './network-namespace.js';

// The defaults, except that nobody has to wait for half a minute.
const LIMITS = { DATABASE_WATCHDOG_SECONDS: '5', DATABASE_STATEMENT_TIMEOUT: '25' };
// Longer than a statement may take, and 5 s for a connection before it.
const ANSWER_WITHIN_MS = 45_000;

describe('a firewall that forgets the connections to the database without a word', () => {
  let database: TestDatabase;
  let network: NetworkNamespace;
  let databasePort: number;
  let api: SpawnedApp;
  let worker: SpawnedApp;
  let url: string;
  const toStop: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    toStop.unshift(() => database.drop());
    network = await NetworkNamespace.create();
    toStop.unshift(() => network.remove());
    databasePort = Number(new URL(database.url).port);
    const port = await freePort();
    await network.letReach(databasePort);
    await network.expose(port);
    url = `http://127.0.0.1:${String(port)}`;
    const env = { DATABASE_URL: database.url, LOG_LEVEL: 'info', ...LIMITS };
    api = spawnApp('api', { ...env, PORT: String(port), HOST: '127.0.0.1' }, [], undefined, network.prefix);
    toStop.unshift(() => api.stop('SIGKILL'));
    worker = spawnApp('outbox-worker', env, [], undefined, network.prefix);
    toStop.unshift(() => worker.stop('SIGKILL'));
    await waitFor('the API', async () => (await ask('/api/health/ready')).status === 200, 30_000);
    await worker.waitForLine('This worker is the active one now', 30_000);
  }, 180_000);

  afterAll(async () => {
    for (const stop of toStop) await stop();
  }, 30_000);

  /** Every call has an end, so that one without an answer says which it was. */
  function ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...init }).catch((error: unknown) => {
      throw new Error(`${path} had no answer.`, { cause: error });
    });
  }

  async function openDeal(name: string): Promise<Response> {
    return ask('/api/deals', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: name }),
    });
  }

  it('is got over by API and worker without a restart, and the streams that were open bring what comes then', async () => {
    const stream = await SseClient.open(`${url}/api/events/stream`);
    await stream.waitForFrame('live');
    // Fills the pool, so that every connection of it is one of those that go.
    await Promise.all(Array.from({ length: 20 }, (_, n) => openDeal(`before ${String(n)}`)));
    await stream.waitForEvents(20);

    const [now] = await database.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    // The worker's, too: what a process sees are the connections of its whole network.
    expect(await network.silence(api.process.pid ?? 0, databasePort)).toBeGreaterThan(4);
    const lost = openDeal('meanwhile');
    await waitFor('readiness to fail', async () => (await ask('/api/health/ready')).status === 503);
    expect((await ask('/health')).status).toBe(200);
    const answer = await lost;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);

    await waitFor('readiness', async () => (await ask('/api/health/ready')).status === 200, 45_000);
    const later = await openDeal('later');
    expect(later.status).toBe(201);
    const { deal_id: id } = (await later.json()) as { deal_id: string };
    const subjects = (): unknown[] => stream.events.map(({ data }) => (JSON.parse(data ?? '') as { subject: string }).subject);
    await waitFor('its event', () => subjects().includes(id), 45_000);
    expect(stream.isEnded).toBe(false);
    // What listened listens again, each over a new connection: API and worker for work, the API for who may do what.
    await waitFor(
      'notices',
      async () => {
        const listening = await database.query<{ name: string }>(
          `SELECT split_part(application_name, ' ', 1) AS name FROM pg_stat_activity
            WHERE datname = current_database() AND backend_start > $1 AND application_name ~ '^zakops-(wake|auth) ' ORDER BY 1`,
          [now?.at],
        );
        return listening.map(({ name }) => name).join() === 'zakops-auth,zakops-wake,zakops-wake';
      },
      45_000,
    );
    expect([api.process.exitCode, worker.process.exitCode]).toEqual([null, null]);
  }, 150_000);
});
