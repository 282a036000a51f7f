import { createTestDatabase, freePort, installPrograms, spawnApi, spawnApp, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { BrowserPage, followByCurl, followByPackage } from './clients.js';
import type { Follower } from './clients.js';

const PACKAGES = ['eventsource 3', 'eventsource 4', 'eventsource-client', 'launchdarkly-eventsource', '@microsoft/fetch-event-source'];
const NAMES = [...PACKAGES, 'curl', 'Chromium'];
const DEALS_EACH_TIME = 4;

// One course for all clients at the same time; the tests judge what each of them got.
describe('a stream whose API process is killed in the middle', () => {
  const followers = new Map<string, Follower>();
  const opened: string[] = [];
  let database: TestDatabase;
  let writer: SpawnedApi;
  let worker: SpawnedApp;
  let api: SpawnedApp;

  beforeAll(async () => {
    await installPrograms({ '/usr/bin/chromium': 'chromium', '/usr/bin/curl': 'curl' });
    database = await createTestDatabase();
    [writer, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
    const page = await BrowserPage.serve();
    const port = await freePort();
    const start = async (): Promise<void> => {
      api = spawnApp('api', {
        ...{ DATABASE_URL: database.url, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn' },
        ...{ SSE_HEARTBEAT_INTERVAL: '0.2', CORS_ORIGINS: page.origin },
      });
      await waitFor('the API to be ready', async () => (await fetch(`http://127.0.0.1:${port}/api/health/ready`)).status === 200, 60_000);
    };
    await start();

    // A filter that lets not everything through, so that there are marks as well.
    const url = `http://127.0.0.1:${port}/api/events/stream?types=deal.created`;
    for (const name of PACKAGES) followers.set(name, followByPackage(name, url));
    followers.set('curl', followByCurl(url));
    followers.set('Chromium', page);
    await page.follow(url);
    await everybody('to be live', ({ messages }) => messages.some(({ type }) => type === 'live'));

    await openDeals();
    await everybody('to have the first deals', hasAll);
    await everybody('to have a mark', ({ messages }) => messages.some(({ type }) => type === 'mark'));
    await api.stop('SIGKILL');
    await openDeals();
    await start();
    await openDeals();
    await everybody('to have all deals', hasAll);
  }, 300_000);

  afterAll(async () => {
    for (const follower of followers.values()) await follower.stop();
    await Promise.all([api.stop(), writer.stop(), worker.stop()]);
    await database.drop();
  });

  it.each(NAMES)('brings every event once and in order to %s, and nothing that is no JSON', (name) => {
    const follower = followers.get(name);
    expect(follower?.problems).toEqual([]);
    expect(created(follower)).toEqual(opened);
    expect(follower?.messages.filter(({ type }) => type === 'reset')).toEqual([]);
    expect(follower?.messages.filter(({ type }) => type === 'replayed')).toHaveLength(1);
  });

  async function openDeals(): Promise<void> {
    for (let n = 0; n < DEALS_EACH_TIME; n += 1) {
      const { deal_id: id } = await post<{ deal_id: string }>('/api/deals', { canonical_name: `deal-${opened.length}` });
      opened.push(id);
      await post(`/api/deals/${id}/transition`, { new_stage: 'initial_review' });
    }
  }

  async function post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(writer.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
    return (await response.json()) as T;
  }

  function hasAll(follower: Follower): boolean {
    return created(follower).length >= opened.length;
  }

  /** Waits for all; a client that fails does not keep the others from being judged. */
  async function everybody(what: string, has: (follower: Follower) => boolean): Promise<void> {
    await waitFor(what, () => [...followers.values()].every((each) => has(each) || each.problems.length > 0), 60_000);
  }
});

function created(follower: Follower | undefined): readonly (string | undefined)[] {
  return (follower?.messages ?? []).filter(({ type }) => type === 'deal.created').map(({ subject }) => subject);
}
