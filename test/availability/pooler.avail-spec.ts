import { createTestDatabase, spawnApi, spawnWorker, SseClient } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { startPgbouncer } from '../migrations/pgbouncer.js';

describe('behind pgbouncer in transaction mode, which takes no time limits from its clients', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;
  const toStop: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    toStop.push(() => database.drop());
    const pooler = await startPgbouncer(database.ownerUrl);
    toStop.unshift(() => pooler.stop());
    api = await spawnApi(pooler.url);
    toStop.unshift(() => api.stop());
    worker = await spawnWorker(pooler.url);
    toStop.unshift(() => worker.stop());
  }, 180_000);

  afterAll(async () => {
    for (const stop of toStop) await stop();
  });

  it('says so, does without, and brings a change to a stream', async () => {
    const said = 'The pooler in between takes no time limits';
    await Promise.all([api.waitForLine(said), worker.waitForLine(said)]);
    expect(api.lines.filter((line) => line.includes(said))).toHaveLength(1);
    const stream = await SseClient.open(`${api.url}/api/events/stream`);
    await stream.waitForFrame('live');
    const made = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: 'behind a pooler' }),
    });
    expect(made.status).toBe(201);
    await stream.waitForEvents(1);
    stream.close();
  });
});
