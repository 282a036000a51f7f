import { migrate } from '#zakops/database';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { foldText } from '#zakops/kernel';
import { spawnApp, waitFor } from '#zakops/testing';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import { startPgbouncer } from './pgbouncer.js';
import type { Pgbouncer } from './pgbouncer.js';
import { POSTGRES_MAJORS, postgresBinaries } from './postgres-versions.js';

// What the collations of the versions fold in different ways: context, full mappings, composition.
const TEXTS = ['STRAẞE', 'straße', 'ΟΔΟΣ', 'οδος', 'İZMİR', 'I\u0307\u0307', 'ıI', 'Ａ％', 'oﬃce', 'J\u030C', 'CAFE\u0301', 'ǅ', 'Ⅳ', 'ᾼ'];

const NAMES = MIGRATIONS.map((migration) => migration.name);

async function shapeOf(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ kind: string; of: string; what: string }>(
      `SELECT 'column' AS kind, table_name AS of, column_name || ' ' || data_type || ' ' || is_nullable AS what
         FROM information_schema.columns WHERE table_schema = 'zakops'
       UNION ALL SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'zakops'
       ORDER BY 1, 2, 3`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

describe.each(POSTGRES_MAJORS)('migrations on PostgreSQL %i', (major) => {
  let server: EmbeddedPostgres;
  let pooler: Pgbouncer | undefined;
  let admin: pg.Client;
  let databases = 0;

  const createDatabase = async (through = server.url): Promise<string> => {
    databases += 1;
    const name = `m${String(databases)}`;
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(through);
    url.pathname = `/${name}`;
    return url.href;
  };

  // Over the administrator's connection: inside a transaction pg_stat_activity stands still.
  const migratorWaits = async (): Promise<boolean> => {
    const { rows } = await admin.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'zakops-migrate' AND wait_event_type = 'Lock'`,
    );
    return rows.length === 1;
  };

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), `zakops-pg${String(major)}-`));
    // The server drops root's rights, and initdb of PostgreSQL 15 then has to walk in from outside.
    await chmod(dataDir, 0o755);
    server = await EmbeddedPostgres.start({
      dataDir,
      binaries: await postgresBinaries(major),
      settings: { fsync: 'off' },
    });
    admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
  }, 180_000);

  afterAll(async () => {
    await pooler?.stop();
    await admin.end();
    await server.stop();
    await rm(server.dataDir, { recursive: true, force: true });
  });

  it('runs on the version it is meant for', async () => {
    const { rows } = await admin.query<{ major: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
    expect(rows[0]?.major).toBe(major);
  });

  it('makes the whole schema from nothing, and does nothing when repeated', async () => {
    const url = await createDatabase();
    expect(await migrate(url, MIGRATIONS)).toEqual({ applied: NAMES, adoptedOriginal: false });
    const shape = await shapeOf(url);
    expect(shape).toContainEqual({ kind: 'column', of: 'outbox_waiting', what: 'stream bigint NO' });
    expect(await migrate(url, MIGRATIONS)).toEqual({ applied: [], adoptedOriginal: false });
    expect(await shapeOf(url)).toEqual(shape);
  });

  it('folds texts alike, whatever collation the server has for it', async () => {
    const url = await createDatabase();
    await migrate(url, MIGRATIONS);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ folded: string }>(
      'SELECT zakops.fold(t) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS given(t, n) ORDER BY n',
      [TEXTS],
    );
    await client.end();
    expect(rows.map(({ folded }) => folded)).toEqual(TEXTS.map(foldText));
  });

  it('lets one of five work and the others find nothing to do', async () => {
    const url = await createDatabase();
    const reports = await Promise.all(Array.from({ length: 5 }, () => migrate(url, MIGRATIONS)));
    expect(reports.map((report) => report.applied).sort((a, b) => b.length - a.length)).toEqual([NAMES, [], [], [], []]);
  });

  it('lets one of five work also behind pgbouncer in transaction mode', async () => {
    pooler = await startPgbouncer(server.url);
    const url = await createDatabase(pooler.url);
    const reports = await Promise.all(Array.from({ length: 5 }, () => migrate(url, MIGRATIONS)));
    expect(reports.map((report) => report.applied).sort((a, b) => b.length - a.length)).toEqual([NAMES, [], [], [], []]);
  });

  it('does not stand in the way of a concurrent index build while it waits', async () => {
    const url = await createDatabase();
    await migrate(url, MIGRATIONS);
    const client = new pg.Client({ connectionString: url });
    const builder = new pg.Client({ connectionString: url });
    await Promise.all([client.connect(), builder.connect()]);
    // The first migrator holds the migration lock and waits for this table; two more wait for the migration lock.
    await client.query('BEGIN; LOCK TABLE zakops.migrations IN ACCESS EXCLUSIVE MODE');
    const migrators = [migrate(url, MIGRATIONS), migrate(url, MIGRATIONS), migrate(url, MIGRATIONS)];
    await waitFor('a migrator at the table', migratorWaits);
    await client.query('ROLLBACK');
    await builder.query(`SET statement_timeout = '20s'`);
    await builder.query('CREATE INDEX CONCURRENTLY events_probe_idx ON zakops.events (type)');
    expect((await Promise.all(migrators)).map((report) => report.applied)).toEqual([[], [], []]);
    await Promise.all([client.end(), builder.end()]);
  });

  it('frees the lock of a migrator that was killed', async () => {
    const url = await createDatabase();
    await migrate(url, MIGRATIONS);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE zakops.migrations IN ACCESS EXCLUSIVE MODE');
    const doomed = spawnApp('cli', { DATABASE_URL: url }, ['migrate']);
    await waitFor('the doomed one at the table', migratorWaits);
    await doomed.stop('SIGKILL');
    const killedAt = Date.now();
    await client.query('ROLLBACK');
    await client.end();
    expect((await migrate(url, MIGRATIONS)).applied).toEqual([]);
    expect(Date.now() - killedAt).toBeLessThan(30_000);
  });
});
