import { createTestDatabase, spawnApi, spawnWorker, TcpProxy, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';

const PATH = '/api/admin/log-level';
// With the next heartbeat, and a look.
const FOLLOWS_WITHIN_MS = 8_000;

interface LogLevels {
  readonly configured: string;
  readonly current: string;
  readonly overrides: readonly Record<string, unknown>[];
}

describe(PATH, () => {
  let database: TestDatabase;
  let apis: SpawnedApi[];
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    apis = await Promise.all([spawnApi(database.url), spawnApi(database.url)]);
    worker = await spawnWorker(database.url);
  }, 120_000);
  beforeEach(() => database.query('TRUNCATE zakops.log_level_overrides'));
  afterAll(async () => {
    await Promise.all([...apis, worker].map((app) => app.stop()));
    await database.drop();
  });

  async function call(method: string, query = '', body?: unknown, api = apis[0]): Promise<{ status: number; body: LogLevels }> {
    const response = await fetch(`${api?.url ?? ''}${PATH}${query}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as LogLevels };
  }

  /** The levels that a process changed to, as it told them itself. */
  const changes = (app: SpawnedApp | undefined): string[] =>
    (app?.lines ?? [])
      .filter((line) => line.includes('The level of the log was changed.'))
      .map((line) => (JSON.parse(line) as { level_now: string }).level_now);

  const all = (): (SpawnedApp | undefined)[] => [apis[0], apis[1], worker];
  const allChangeTo = (level: string): Promise<unknown> =>
    waitFor(`everybody to log at ${level}`, () => all().every((app) => changes(app).at(-1) === level), FOLLOWS_WITHIN_MS);

  it('reaches every process, its request log too, and goes back at its end in all of them', async () => {
    const answer = await call('PUT', '', { level: 'debug', minutes: 1, reason: 'a look' });
    expect(answer).toEqual({
      status: 200,
      body: {
        configured: 'warn',
        current: 'debug',
        overrides: [
          {
            kind: 'all',
            level: 'debug',
            until: expect.stringMatching(/Z$/),
            set_by: 'user:dev@zakops.local',
            set_at: expect.stringMatching(/Z$/),
            reason: 'a look',
          },
        ],
      },
    });
    await allChangeTo('debug');
    expect((await call('GET', '', undefined, apis[1])).body).toMatchObject({ configured: 'warn', current: 'debug' });
    for (const api of apis) {
      await fetch(`${api.url}/api/deals`);
      await api.waitForLine('"path":"/api/deals"', FOLLOWS_WITHIN_MS);
      // Probes are lines at debug only.
      await fetch(`${api.url}/health`);
      await api.waitForLine('"path":"/health"', FOLLOWS_WITHIN_MS);
    }

    // Not to wait for a minute: the heartbeats tell how long it is still.
    await database.query(`UPDATE zakops.log_level_overrides SET until = now() + interval '7 s'`);
    await waitFor(
      'everybody to be back',
      () => all().every((app) => ['warn', 'info'].includes(changes(app).at(-1) ?? '')),
      FOLLOWS_WITHIN_MS + 7_000,
    );
    expect(all().map((app) => changes(app).at(-1))).toEqual(['warn', 'warn', 'info']);
    expect((await call('GET')).body).toEqual({ configured: 'warn', current: 'warn', overrides: [] });
    const lines = apis[0]?.lines.length;
    await fetch(`${apis[0]?.url ?? ''}/api/deals`);
    await fetch(`${apis[0]?.url ?? ''}/api/nowhere`);
    expect(apis[0]?.lines.length).toBe(lines);
  }, 60_000);

  it('is asked of one kind only, the last wish holds, and is taken back by one call', async () => {
    await call('PUT', '', { level: 'error', kind: 'all', minutes: 5 });
    await call('PUT', '', { level: 'trace', kind: 'outbox-worker' });
    await waitFor('the worker', () => changes(worker).at(-1) === 'trace', FOLLOWS_WITHIN_MS);
    const { body } = await call('GET');
    expect(body.overrides.map(({ kind, level }) => [kind, level])).toEqual([
      ['outbox-worker', 'trace'],
      ['all', 'error'],
    ]);
    const minutes = body.overrides.map(({ until, set_at }) =>
      Math.round((Date.parse(String(until)) - Date.parse(String(set_at))) / 60_000),
    );
    expect(minutes).toEqual([15, 5]);

    expect((await call('DELETE', '?kind=outbox-worker')).body.overrides).toHaveLength(1);
    await waitFor('the other wish', () => changes(worker).at(-1) === 'error', FOLLOWS_WITHIN_MS);
    expect((await call('DELETE')).body.overrides).toEqual([]);
    await waitFor('the configured level', () => changes(worker).at(-1) === 'info', FOLLOWS_WITHIN_MS);
  }, 60_000);

  it('leaves an entry in the audit log for every change, and none for nothing', async () => {
    const [last] = await database.query<{ id: string }>('SELECT id FROM zakops.audit_log ORDER BY id DESC LIMIT 1');
    await call('PUT', '', { level: 'debug', kind: 'api', minutes: 2, reason: 'why' });
    await call('PUT', '', { level: 'info', kind: 'api' });
    await call('DELETE', '?kind=all');
    await call('DELETE');
    const entries = await database.query(
      'SELECT action, resource_id, before, after, details FROM zakops.audit_log WHERE id > $1 ORDER BY id',
      [last?.id],
    );
    expect(entries).toEqual([
      {
        action: 'log_level.overridden',
        resource_id: 'api',
        before: null,
        after: { level: 'debug', until: expect.stringMatching(/Z$/) },
        details: { reason: 'why', minutes: 2 },
      },
      {
        action: 'log_level.overridden',
        resource_id: 'api',
        before: { level: 'debug' },
        after: { level: 'info', until: expect.stringMatching(/Z$/) },
        details: { minutes: 15 },
      },
      { action: 'log_level.restored', resource_id: 'api', before: { level: 'info' }, after: null, details: {} },
    ]);
  });

  it.each([
    {},
    { level: 'loud' },
    { level: 'debug', kind: 'cli' },
    { level: 'debug', minutes: 0 },
    { level: 'debug', minutes: 1_441 },
    { level: 'debug', until: '2099-01-01T00:00:00Z' },
  ])('refuses %j', async (body) => {
    expect((await call('PUT', '', body)).status).toBe(400);
    expect((await call('GET')).body.overrides).toEqual([]);
  });

  it('ends in time although the database is away', async () => {
    const proxy = await TcpProxy.before(database.url);
    const api = await spawnApi(proxy.url);
    try {
      await call('PUT', '', { level: 'debug', kind: 'api' }, api);
      await waitFor('the new level', () => changes(api).at(-1) === 'debug', FOLLOWS_WITHIN_MS);
      await database.query(`UPDATE zakops.log_level_overrides SET until = now() + interval '12 s'`);
      // One heartbeat learns of it; the next one finds nobody.
      await waitFor('that heartbeat', async () => {
        const rows = await database.query(
          `SELECT 1 FROM zakops.processes p, zakops.log_level_overrides o WHERE p.beat_at > o.until - interval '12 s'
          AND p.process_id LIKE '%/' || $1 || '/%'`,
          [String(api.process.pid)],
        );
        return rows.length > 0;
      });
      proxy.refuse();
      await waitFor('the configured level', () => changes(api).at(-1) === 'warn', 14_000);
      expect((await fetch(`${api.url}/api/deals`)).status).toBe(503);
    } finally {
      await api.stop('SIGKILL');
      await proxy.close();
    }
  }, 60_000);
});
