import { createTestDatabase, freePort } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WorkerHealthCheck } from './worker-health-check.js';

describe(WorkerHealthCheck.name, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(() => database.query('TRUNCATE zakops.processes'));
  afterAll(() => database.drop());

  const check = (host = 'vm1', databaseUrl = database.url): ReturnType<WorkerHealthCheck['check']> =>
    new WorkerHealthCheck({ databaseUrl, host }).check();

  /** Writes a row; ages in seconds. */
  const write = (processId: string, ages: { start?: number; beat?: number; progress?: number; kind?: string } = {}): Promise<unknown> =>
    database.query(
      `INSERT INTO zakops.processes (process_id, kind, role, version, commit, started_at, beat_at, progress_at)
       VALUES ($1, $2, 'active', '1', 'c', now() - $3 * interval '1 s', now() - $4 * interval '1 s', now() - $5 * interval '1 s')`,
      [processId, ages.kind ?? 'outbox-worker', ages.start ?? 100, ages.beat ?? 1, ages.progress ?? ages.beat ?? 1],
    );

  it('reads ages by the clock of the database', async () => {
    await write('vm1/1/a', { beat: 3, progress: 8 });
    const { healthy, status, worker } = await check();
    expect([healthy, status, worker?.processId, worker?.role]).toEqual([true, 'working', 'vm1/1/a', 'active']);
    expect(worker?.beatAgeSeconds).toBeCloseTo(3, 0);
    expect(worker?.progressAgeSeconds).toBeCloseTo(8, 0);
  });

  it.each([
    ['blocked', { beat: 21, progress: 22 }],
    ['stuck', { beat: 1, progress: 21 }],
  ])('finds a worker %s', async (status, ages) => {
    await write('vm1/1/a', ages);
    expect(await check()).toMatchObject({ healthy: false, status });
  });

  it('reads which loops fail', async () => {
    await write('vm1/1/a');
    await database.query(
      `UPDATE zakops.processes SET failing = jsonb_build_array(jsonb_build_object(
         'loop', 'lease', 'since', now() - interval '90 s', 'failures', 2, 'error', 'Error: no'))`,
    );
    const { healthy, status, reason, worker } = await check();
    expect([healthy, status, worker?.failing[0]?.loop]).toEqual([true, 'failing', 'lease']);
    expect(reason).toMatch(/^lease has failed since .* UTC \(2 times\): Error: no\.$/);
  });

  it('works on the schema of the version before, which reports no loops', async () => {
    const before = await createTestDatabase();
    try {
      await before.query('ALTER TABLE zakops.processes DROP COLUMN failing');
      await before.query(
        `INSERT INTO zakops.processes (process_id, kind, role, version, commit, started_at, beat_at, progress_at)
         VALUES ('vm1/1/a', 'outbox-worker', 'active', '1', 'c', now(), now(), now())`,
      );
      expect(await check('vm1', before.url)).toMatchObject({ healthy: true, status: 'working', worker: { failing: [] } });
    } finally {
      await before.drop();
    }
  });

  it('judges the newest worker of the host, and no other process', async () => {
    await write('vm1/1/before', { start: 900, beat: 500 });
    await write('vm1/1/now', { start: 100 });
    await write('vm1/9/api', { start: 10, kind: 'api', beat: 500 });
    await write('vm10/1/elsewhere', { start: 5, beat: 500 });
    expect(await check()).toMatchObject({ status: 'working', worker: { processId: 'vm1/1/now' } });
    expect(await check('vm')).toMatchObject({ healthy: false, status: 'missing' });
    // A name is taken as it is, and not as a pattern.
    expect(await check('vm_')).toMatchObject({ healthy: false, status: 'missing' });
  });

  it('judges the worker that runs, and not one from before the clock was set back', async () => {
    await write('vm1/1/before', { start: -86_000, beat: -86_300 });
    await write('vm1/1/now');
    expect(await check()).toMatchObject({ status: 'working', worker: { processId: 'vm1/1/now' } });

    await database.query(`DELETE FROM zakops.processes WHERE process_id = 'vm1/1/now'`);
    expect(await check()).toMatchObject({ healthy: false, status: 'blocked', worker: { processId: 'vm1/1/before' } });
  });

  describe('blames no worker for the database', () => {
    it('that refuses connections', async () => {
      expect(await check('vm1', `postgresql://nobody@127.0.0.1:${String(await freePort())}/none`)).toEqual({
        healthy: true,
        status: 'unknown',
        reason: expect.stringMatching(/^database unreachable: not the worker's fault \(.*ECONNREFUSED/),
        worker: null,
      });
    });

    it('that takes connections and says nothing', async () => {
      const server = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const health = await check('vm1', `postgresql://nobody@127.0.0.1:${String(port)}/none`);
      expect(health).toMatchObject({ healthy: true, status: 'unknown', reason: expect.stringContaining('database unreachable') });
      server.close();
    });

    it('that has no such login', async () => {
      const url = new URL(database.url);
      url.username = 'nobody';
      url.password = 'hidden-word';
      const health = await check('vm1', url.href);
      expect(health).toMatchObject({ healthy: true, status: 'unknown' });
      expect(health.reason).not.toContain('hidden-word');
    });

    it('that is not migrated yet', async () => {
      const empty = await createTestDatabase({ empty: true });
      expect(await check('vm1', empty.url)).toEqual({
        healthy: true,
        status: 'unknown',
        reason: `The database has no table of processes yet: run the migrations. Not the worker's fault.`,
        worker: null,
      });
      await empty.drop();
    });
  });
});
