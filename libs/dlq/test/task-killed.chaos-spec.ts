import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { failAgain, failInMass, outcome } from './mass-failure.js';

const DEAD = 50_000;

interface Task {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly created_at: string;
  readonly started_at: string | null;
}

describe('a task on 50,000 deliveries that died at once', () => {
  let database: TestDatabase;
  let api: SpawnedApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    await failInMass(database, DEAD, 2_500);
    api = await spawnApi(database.url);
  }, 120_000);

  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const call = async <T>(path: string, body?: object): Promise<T> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await (await fetch(`${api.url}/api/admin/dlq/${path}`, body === undefined ? {} : init)).json()) as T;
  };
  const task = (id: string): Promise<Task> => call<Task>(`tasks/${id}`);

  it.each(['redrive', 'discard'] as const)(
    'begins a %s within a second, and goes on after each kill of its worker, nothing twice',
    async (kind) => {
      if (kind === 'discard') await failAgain(database);
      let worker = await spawnWorker(database.url);
      const { id } = await call<Task>(kind, { filter: { consumer: 'mailer' }, rate: kind === 'redrive' ? 0 : 10_000 });
      await waitFor('its beginning', async () => (await task(id)).done > 0);
      const { created_at: created, started_at: started, total } = await task(id);
      expect(total).toBe(DEAD);
      const kills = kind === 'redrive' ? 3 : 1;
      for (let kill = 1; kill <= kills; kill += 1) {
        await waitFor('a part of it', async () => (await task(id)).done >= (kill * DEAD) / (kills + 2), 60_000);
        await worker.stop('SIGKILL');
        const before = await task(id);
        expect(before.state).toBe('running');
        expect(before.done).toBeLessThan(DEAD);
        worker = await spawnWorker(database.url);
      }
      await waitFor('its end', async () => (await task(id)).state === 'finished', 120_000);
      await worker.stop();
      expect((await task(id)).done).toBe(DEAD);
      const counts = { dead: 0, retried: kind === 'redrive' ? DEAD : 0, counted: DEAD, named: DEAD };
      const found = await outcome(database);
      expect(found).toMatchObject(counts);
      expect(found?.audited).toBe(found?.operations);
      if (kind === 'discard')
        expect(await database.query('SELECT count(*)::int AS n FROM zakops.dead_letter_archive')).toEqual([{ n: DEAD }]);
      expect(Date.parse(String(started)) - Date.parse(created)).toBeLessThan(1_000);
    },
    240_000,
  );
});
