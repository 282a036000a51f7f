import { DatabaseConnector } from '#zakops/database';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ContributesHeartbeatStats, ProcessHeartbeat, ProcessIdentity, ProcessesModule } from '../src/index.js';
import type { HeartbeatStatsContributor, ProcessKind } from '../src/index.js';

/** Discovery finds marks on classes, so each part gets a class of its own. */
function toProvider(part: HeartbeatStatsContributor): Provider {
  @ContributesHeartbeatStats()
  class Part implements HeartbeatStatsContributor {
    heartbeatStats(): object | Promise<object> {
      return part.heartbeatStats();
    }
  }
  return Part;
}

describe(ProcessHeartbeat.name, () => {
  let database: TestDatabase;
  let open: INestApplicationContext[];

  beforeEach(async () => {
    open = [];
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.map((app) => app.close()));
    await database.drop();
  });

  async function start(
    kind: ProcessKind = 'api',
    url = database.url,
    parts: readonly HeartbeatStatsContributor[] = [],
  ): Promise<INestApplicationContext> {
    const app = await startModules(url, {
      imports: [ProcessesModule.forRoot(kind)],
      providers: parts.map(toProvider),
      env: { HOSTNAME: 'vm1', APP_VERSION: '1.2.3', GIT_COMMIT: 'abc' },
      isConnected: false,
    });
    open.push(app);
    return app;
  }

  const rows = (): Promise<Record<string, unknown>[]> =>
    database.query('SELECT process_id, kind, role, version, commit, schema_version, figures FROM zakops.processes');
  const firstRow = (): Promise<Record<string, unknown>> => waitFor('the first heartbeat', async () => (await rows())[0]);

  it('tells at once and then every five seconds who this is, and takes the row away at the end', async () => {
    const app = await start();
    expect(await firstRow()).toEqual({
      process_id: app.get(ProcessIdentity).id,
      kind: 'api',
      role: null,
      version: '1.2.3',
      commit: 'abc',
      schema_version: MIGRATIONS.at(-1)?.name,
      figures: {},
    });
    expect(app.get(ProcessIdentity).id).toMatch(new RegExp(`^vm1/${String(process.pid)}/[0-9a-f]{8}$`));
    const [first] = await database.query<{ beat_at: Date }>('SELECT beat_at FROM zakops.processes');
    const second = await waitFor('the second heartbeat', async () => {
      const [row] = await database.query<{ beat_at: Date }>('SELECT beat_at FROM zakops.processes');
      return row !== undefined && row.beat_at > (first?.beat_at ?? 0) && row;
    });
    expect((second.beat_at.getTime() - (first?.beat_at.getTime() ?? 0)) / 1_000).toBeCloseTo(5, 0);
    await app.close();
    expect(await rows()).toEqual([]);
  });

  it('merges the stats of all parts, and leaves out those that fail or do not answer', async () => {
    const app = await start('api', database.url, [
      { heartbeatStats: () => ({ a: 1 }) },
      { heartbeatStats: () => Promise.reject(new Error('no')) },
      {
        heartbeatStats: () => {
          throw new Error('never');
        },
      },
      { heartbeatStats: () => new Promise(() => undefined) },
      { heartbeatStats: () => Promise.resolve({ b: [2] }) },
    ]);
    await firstRow();
    await app.get(ProcessHeartbeat).beatNow();
    expect((await rows())[0]?.['figures']).toEqual({ a: 1, b: [2] });
  });

  it('goes on without stats that the database cannot store', async () => {
    let text = 'ab';
    const app = await start('api', database.url, [{ heartbeatStats: () => ({ text }) }]);
    const before = await firstRow();
    const heartbeat = app.get(ProcessHeartbeat);
    text = 'a\u0000b';
    await database.query(`UPDATE zakops.processes SET beat_at = beat_at - interval '1 hour', figures = '{"old":1}'`);
    await heartbeat.beatNow();
    expect(await rows()).toEqual([{ ...before, figures: {} }]);
    expect(await database.query(`SELECT 1 FROM zakops.processes WHERE beat_at > now() - interval '10 s'`)).toHaveLength(1);
    text = 'ab';
    await heartbeat.beatNow();
    expect((await rows())[0]?.['figures']).toEqual({ text: 'ab' });
  });

  it('tells role and progress of the loop that it watches', async () => {
    const app = await start('outbox-worker');
    await firstRow();
    const heartbeat = app.get(ProcessHeartbeat);
    heartbeat.watch({ role: 'active', idleMs: 12_000 });
    await heartbeat.beatNow();
    const [row] = await database.query<{ role: string; lag: number }>(
      `SELECT role, extract(epoch FROM beat_at - progress_at)::float8 AS lag FROM zakops.processes`,
    );
    expect(row).toEqual({ role: 'active', lag: 12 });
  });

  it('carries the loops that fail within a second or so, and clears them when they work again', async () => {
    const app = await start('outbox-worker');
    await firstRow();
    const loop = app.get(ProcessHeartbeat).loop('publishing');
    const failing = async (): Promise<unknown[]> => {
      const [row] = await database.query<{ failing: unknown[] }>('SELECT failing FROM zakops.processes');
      return row?.failing ?? [];
    };
    loop.failed(new Error('no right'));
    const told = await waitFor('the failing loop', async () => ((await failing()).length === 1 ? failing() : undefined), 4_000);
    expect(told).toEqual([{ loop: 'publishing', failures: 1, error: 'Error: no right', since: expect.any(String) }]);
    loop.succeeded();
    await waitFor('the recovery', async () => (await failing()).length === 0, 4_000);
  });

  it('waits for its table, which a migration may still have to bring', async () => {
    await database.query('ALTER TABLE zakops.processes RENAME TO elsewhere');
    const app = await start();
    await app.get(DatabaseConnector).whenConnected();
    await app.get(ProcessHeartbeat).beatNow();
    await database.query('ALTER TABLE zakops.elsewhere RENAME TO processes');
    expect(await rows()).toEqual([]);
    expect(await firstRow()).toMatchObject({ kind: 'api' });
  });
});
