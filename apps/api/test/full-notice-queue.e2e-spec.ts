import { migrate } from '#zakops/database';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { SystemMetrics } from '#zakops/monitoring';
import type { TestDatabase } from '#zakops/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.js';
import { LoginApi } from './login-harness.js';

const FILL = `SELECT pg_notify('filler', n || repeat('x', 7900)) FROM generate_series(1, 10) AS n`;
const USAGE = 'zakops_db_notification_queue_usage_ratio';

// The queue belongs to the whole server, so this test has one of its own.
describe('a full notification queue', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let database: TestDatabase;
  let stranger: pg.Client;
  let api: LoginApi;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zakops-queue-'));
    server = await EmbeddedPostgres.start({ dataDir: folder, settings: { fsync: 'off', max_notify_queue_pages: '64' } });
    database = await openDatabase(server.url);
    await migrate(server.url, MIGRATIONS);
    stranger = new pg.Client({ connectionString: new URL('/postgres', server.url).href });
    await stranger.connect();
    api = await LoginApi.start({}, database);
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await stranger.end();
    await database.drop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const usage = async (): Promise<number | undefined> =>
    (await api.app.get(SystemMetrics).families()).find(({ name }) => name === USAGE)?.values[0]?.value;

  it('fails neither commands nor logins nor what ends a session, and shows in a metric', async () => {
    const admin = await api.loggedIn('admin@example.com', 'admin');
    const id = await api.operator('ann@example.com', 'analyst');

    // Somebody in another database, who listens and does not read.
    await stranger.query('LISTEN filler');
    await stranger.query('BEGIN');
    await stranger.query('SELECT 1');
    await expect(fill(database)).rejects.toThrow('too many notifications in the NOTIFY queue');

    const deal = await admin.post('/deals', { canonical_name: 'acme-plumbing' });
    expect(deal.status).toBe(201);
    const ann = api.visitor();
    expect((await ann.logIn('ann@example.com')).status).toBe(200);
    expect((await ann.logIn('ann@example.com')).status).toBe(200);
    expect((await admin.call('PATCH', `/admin/operators/${id}`, { status: 'disabled' })).status).toBe(200);
    expect((await ann.get('/auth/me')).status).toBe(401);

    const events = await database.query('SELECT 1 FROM zakops.events WHERE aggregate_id = $1', [deal.body['deal_id']]);
    const ended = await database.query('SELECT 1 FROM zakops.sessions WHERE ended_at IS NOT NULL');
    const [status] = await database.query('SELECT status FROM zakops.operators WHERE id = $1', [id]);
    expect([events.length, ended.length, status]).toEqual([1, 2, { status: 'disabled' }]);
    expect(await usage()).toBeGreaterThan(0.9);
  }, 60_000);
});

async function fill(database: TestDatabase): Promise<void> {
  for (let n = 0; n < 1_000; n += 1) await database.query(FILL);
}

async function openDatabase(url: string): Promise<TestDatabase> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    url,
    ownerUrl: url,
    query: async <R extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query<R>(sql, [...parameters])).rows,
    connect: () => Promise.resolve(client),
    drop: () => client.end(),
  };
}
