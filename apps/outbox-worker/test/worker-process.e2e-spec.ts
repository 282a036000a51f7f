import { createTestDatabase, freePort, spawnApp, spawnWorker, TcpProxy, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

describe('the worker process', () => {
  it('waits for a database that is away, and stops with 0 while it waits', async () => {
    const port = await freePort();
    const worker = spawnApp('outbox-worker', { DATABASE_URL: `postgresql://nobody@127.0.0.1:${port}/none` });
    await worker.waitForLine('The database cannot be reached');
    expect(await worker.stop('SIGTERM', 10_000)).toEqual({ code: 0, signal: null });
  });

  it('waits for migrations, and works once they are there', async () => {
    const database = await createTestDatabase({ empty: true });
    const worker = spawnApp('outbox-worker', { DATABASE_URL: database.url });
    try {
      await worker.waitForLine('Migrations are pending');
      const migrator = spawnApp('cli', { DATABASE_URL: database.url }, ['migrate']);
      await migrator.waitForLine('migrations applied');
      await worker.waitForLine('This worker is the active one now');
    } finally {
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
      await database.drop();
    }
  });

  it('ends within SHUTDOWN_TIMEOUT also when the database has fallen silent', async () => {
    const database = await createTestDatabase();
    const proxy = await TcpProxy.before(database.url);
    const worker = await spawnWorker(proxy.url, { SHUTDOWN_TIMEOUT: '3' });
    proxy.pause();
    expect(await worker.stop('SIGTERM', 10_000)).toEqual({ code: 1, signal: null });
    expect(worker.lines.at(-1)).toContain('SHUTDOWN_TIMEOUT is over');
    await proxy.close();
    await database.drop();
  });

  it('lists every wrong setting at once and exits with 1', async () => {
    const worker = spawnApp('outbox-worker', { OUTBOX_POLL_INTERVAL: 'often', OUTBOX_BATCH_SIZE: '0' });
    await waitFor('its end', () => worker.process.exitCode === 1);
    expect(worker.lines).toEqual([
      'The configuration has 3 problems:',
      expect.stringContaining('DATABASE_URL is not set'),
      expect.stringContaining('OUTBOX_POLL_INTERVAL must be seconds'),
      expect.stringContaining('OUTBOX_BATCH_SIZE must be a whole number'),
    ]);
  });

  it('refuses in production what the API refuses', async () => {
    const worker = spawnApp('outbox-worker', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', APP_ENV: 'production' });
    await waitFor('its end', () => worker.process.exitCode === 1);
    expect(worker.lines).toEqual([
      'The configuration has 2 problems:',
      expect.stringContaining('AUTH_REQUIRED must be true'),
      expect.stringContaining('SESSION_SECRET'),
    ]);
  });

  it('opens no port, unless METRICS_PORT is set', async () => {
    const database = await createTestDatabase();
    const port = await freePort();
    const [plain, measured] = [await spawnWorker(database.url), await spawnWorker(database.url, { METRICS_PORT: String(port) }, false)];
    try {
      await waitFor('the port of the second one', () => listening(measured).length > 0);
      expect([listening(plain), listening(measured)]).toEqual([[], [port]]);
    } finally {
      await Promise.all([plain.stop(), measured.stop()]);
      await database.drop();
    }
  });
});

/** The TCP ports that a process has opened, as the kernel lists them. */
function listening({ process: { pid } }: SpawnedApp): readonly number[] {
  const LISTEN = '0A';
  const inodes = new Set(
    readdirSync(`/proc/${String(pid)}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${String(pid)}/fd/${fd}`))?.[1] ?? []),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${String(pid)}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && inodes.has(columns[9] ?? ''))
      .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)),
  );
}

/** Empty for a descriptor that was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
