import { createTestDatabase, freePort, spawnApp, spawnWorker, TcpProxy, waitFor } from '#zakops/testing';
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

  it('opens no port', async () => {
    const database = await createTestDatabase();
    const worker = await spawnWorker(database.url);
    const pid = String(worker.process.pid);
    const inodes = new Set(
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
        return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
      }),
    );
    const LISTEN = '0A';
    const listening = ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((columns) => columns[3] === LISTEN && inodes.has(columns[9] ?? '')),
    );
    expect(listening).toEqual([]);
    await worker.stop();
    await database.drop();
  });
});
