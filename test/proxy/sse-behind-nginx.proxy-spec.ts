import { createTestDatabase, spawnApi, spawnWorker, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNginx } from './nginx.js';
import type { Nginx } from './nginx.js';

// nginx gives up on an upstream that is silent for longer than this unless told otherwise.
const READ_LIMIT_MS = 60_000;

describe('a stream behind nginx with its default buffering, its 60 s read limit, and gzip', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  let nginx: Nginx;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
    nginx = await startNginx(api.url);
  }, 180_000);

  afterAll(async () => {
    await nginx.stop();
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  const openDeal = async (name: string): Promise<void> => {
    const response = await fetch(`${nginx.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: name }),
    });
    expect(response.status).toBe(201);
  };

  it('brings each event at once, uncompressed', async () => {
    const client = await SseClient.open(`${nginx.url}/api/events/stream`, { headers: { 'accept-encoding': 'gzip' } });
    await client.waitForFrame('live');
    expect(client.headers['content-encoding']).toBeUndefined();
    expect(client.headers['cache-control']).toBe('no-store, no-transform');
    for (let n = 1; n <= 5; n += 1) {
      await openDeal(`deal-${n}`);
      // One by one: a buffering proxy would hold each back until there is a page full.
      await client.waitForEvents(n, 2_000);
    }
    client.close();
  });

  it('outlives the read limit on heartbeats alone, and still delivers', async () => {
    const client = await SseClient.open(`${nginx.url}/api/events/stream`);
    await client.waitForFrame('live');
    await sleep(READ_LIMIT_MS + 5_000);
    expect(client.isEnded).toBe(false);
    expect(client.comments.length).toBeGreaterThanOrEqual(4);
    await openDeal('late');
    await waitFor('the late event', () => client.events.length === 1, 2_000);
    client.close();
  }, 90_000);
});
