import { freePort, spawnApi, spawnApp, spawnWorker, startTlsServer, waitFor } from '#zakops/testing';
import type { SpawnedApp, TlsServer } from '#zakops/testing';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const SECRET = 'a-session-secret-of-more-than-32-bytes';

async function ends(app: SpawnedApp): Promise<{ code: number | null; output: string }> {
  if (app.process.exitCode === null) await once(app.process, 'exit');
  // The last lines may come a moment after the end.
  await waitFor('its words', () => app.lines.length > 0);
  return { code: app.process.exitCode, output: app.lines.join('\n') };
}

describe('processes and a database that takes encrypted connections only', () => {
  let server: TlsServer;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    server = await startTlsServer();
    await server.refusePlain();
    url = server.urlWith({ sslmode: 'verify-full', sslrootcert: server.caFile });
    folder = await mkdtemp(join(tmpdir(), 'zakops-url-'));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('migrate, API and worker encrypt each of their connections', async () => {
    const file = join(folder, 'database-url');
    await writeFile(file, `${url}\n`);
    const migrated = await ends(spawnApp('cli', { DATABASE_URL_FILE: file, DB_SSL_REQUIRED: 'true' }, ['migrate']));
    expect(migrated.output).toContain('migrations applied');

    const [api, worker] = await Promise.all([
      spawnApi(url, { DB_SSL_REQUIRED: 'true', DATABASE_POOL_SIZE: '4' }),
      spawnWorker(url, { DB_SSL_REQUIRED: 'true' }),
    ]);
    const observer = new pg.Client({ connectionString: server.url, ssl: { rejectUnauthorized: false }, application_name: 'observer' });
    try {
      await observer.connect();
      // Some come later than the pool: one for notices, and one for what ends a session.
      const connections = await waitFor('connections of every kind', async () => {
        const { rows } = await observer.query<{ name: string; ssl: boolean }>(
          `SELECT DISTINCT split_part(application_name, ' ', 1) AS name, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE usename = current_user AND pid <> pg_backend_pid() AND application_name <> 'test-server'`,
        );
        return (
          ['zakops-api', 'zakops-outbox-worker', 'zakops-wake', 'zakops-auth'].every((name) => rows.some((row) => row.name === name)) &&
          rows
        );
      });
      expect(connections.filter(({ ssl }) => !ssl)).toEqual([]);
    } finally {
      await observer.end();
      await Promise.all([api.stop(), worker.stop()]);
    }
  }, 60_000);

  it('a process that must encrypt does not start with a connection string that may not', async () => {
    const env = { DATABASE_URL: server.urlWith({ sslmode: 'disable' }), DB_SSL_REQUIRED: 'true' };
    for (const name of ['api', 'outbox-worker', 'cli'] as const) {
      const { code, output } = await ends(spawnApp(name, env, name === 'cli' ? ['migrate'] : []));
      expect(code).toBe(1);
      expect(output).toContain('DATABASE_URL needs sslmode=require, verify-ca or verify-full, because DB_SSL_REQUIRED is true');
      expect(output).not.toContain(new URL(server.url).password);
    }
  }, 60_000);

  it('production says so when nothing is encrypted', async () => {
    const env = { APP_ENV: 'production', AUTH_REQUIRED: 'true', SESSION_SECRET: SECRET, HOST: '127.0.0.1' };
    const words = 'The connection to the database is not encrypted';
    const start = async (databaseUrl: string): Promise<SpawnedApp> =>
      spawnApp('api', { ...env, PORT: String(await freePort()), DATABASE_URL: databaseUrl });
    const [plain, encrypted] = await Promise.all([start(server.url), start(url)]);
    try {
      await plain.waitForLine(words);
      await encrypted.waitForLine('Listening on');
      expect(encrypted.lines.filter((line) => line.includes(words))).toEqual([]);
    } finally {
      await Promise.all([plain.stop(), encrypted.stop()]);
    }
  }, 60_000);
});
