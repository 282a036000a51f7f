import { Metrics } from '#zakops/metrics';
import { createTestDatabase, startModules, TcpProxy, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '../database.errors.js';
import { Database } from '../database.js';
import { UnitOfWork } from '../unit-of-work.js';
import { ConnectionPool } from './connection-pool.js';
import { PoolWatchdog } from './pool-watchdog.js';
import { ServerProbe } from './server-probe.js';

const NEVER = new Promise<never>(() => undefined);

describe(PoolWatchdog.name, () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let app: INestApplicationContext;
  let rebuilt: jest.SpyInstance;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.before(database.url);
  });

  afterEach(async () => {
    await app.close();
    jest.restoreAllMocks();
    await proxy.close();
    await database.drop();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<{ read: Database; write: UnitOfWork }> {
    app = await startModules(proxy.url, { env: { DATABASE_POOL_SIZE: '3', DATABASE_WATCHDOG_SECONDS: '2', ...env } });
    rebuilt = jest.spyOn(app.get(ConnectionPool), 'rebuild');
    return { read: app.get(Database), write: app.get(UnitOfWork) };
  }

  const rebuilds = async (): Promise<number | undefined> =>
    (await app.get(Metrics).families()).find(({ name }) => name === 'zakops_db_pool_rebuilds_total')?.values[0]?.value;

  it('makes a new pool when all connections have gone silent, fails what waits for them, and counts it', async () => {
    const { read, write } = await start();
    await Promise.all([1, 2, 3].map((n) => read.query(`SELECT pg_sleep(0.05), ${String(n)}`)));
    proxy.silence();
    // Two reads, because one statement gets no more than half of the pool.
    const waiting = [read.query('SELECT 1'), write.run((tx) => tx.query('SELECT 1')), read.query('SELECT 2')];
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof DatabaseUnavailableError)).toEqual([
      true,
      true,
      true,
    ]);
    expect(await read.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await waitFor('the count', async () => (await rebuilds()) === 1);
  });

  it('makes a new pool although its question whether the database takes writes has no answer', async () => {
    const { read } = await start();
    await Promise.all([1, 2, 3].map((n) => read.query(`SELECT pg_sleep(0.05), ${String(n)}`)));
    const asked = jest.spyOn(read, 'takesWrites').mockReturnValueOnce(NEVER);
    await waitFor('the question', () => asked.mock.calls.length > 0);
    proxy.silence();
    const waiting = [1, 2, 3].map((n) => read.query(`SELECT ${String(n)}`));
    for (const each of waiting) each.catch(() => undefined);
    await waitFor('the count', async () => (await rebuilds()) === 1, 20_000);
    await expect(Promise.all(waiting)).rejects.toThrow(DatabaseUnavailableError);
  });

  it('makes a new pool when no connection for changes is ever given back, although reads go on', async () => {
    const { read, write } = await start();
    const held = [1, 2].map(() =>
      write.run(async (tx) => {
        await tx.query('SELECT 1');
        await NEVER;
      }),
    );
    for (const each of held) each.catch(() => undefined);
    const change = (): Promise<boolean> => write.run((tx) => tx.query('SELECT 1 AS one')).then((rows) => rows.length === 1);
    const [rows] = await Promise.all([read.query('SELECT 1 AS one'), waitFor('a change that works', change, 30_000)]);
    expect(rows).toEqual([{ one: 1 }]);
    expect(await rebuilds()).toBe(1);
    await waitFor('the held ones to be gone', async () => {
      const open = await database.query(
        `SELECT FROM pg_stat_activity WHERE application_name LIKE 'zakops-test %' AND state = 'idle in transaction' AND datname = current_database()`,
      );
      return open.length === 0;
    });
  });

  it('leaves a pool alone that is only busy, however long others wait for it', async () => {
    const { read } = await start({ DATABASE_WATCHDOG_SECONDS: '1' });
    // What a ping meets that has to queue.
    jest.spyOn(app.get(ConnectionPool), 'ping').mockRejectedValue(new Error('timeout exceeded when trying to connect'));
    const until = Date.now() + 4_000;
    // One of three comes back every 0.2 s.
    const busy = [0, 1, 2].map(async (n) => {
      await sleep(n * 200);
      while (Date.now() < until) await read.query(`SELECT pg_sleep(0.6), ${String(n)}`);
    });
    await Promise.all(busy);
    expect(rebuilt).not.toHaveBeenCalled();
  });

  it('leaves it alone while the database is away, and nothing is wrong when it is back', async () => {
    const { read } = await start({ DATABASE_WATCHDOG_SECONDS: '1' });
    const asked = jest.spyOn(app.get(ServerProbe), 'takesWrites');
    proxy.refuse();
    await expect(read.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailableError);
    // It looks six times within its limit.
    await waitFor('looks for twice the limit', () => asked.mock.calls.length > 12);
    proxy.resume();
    expect(await read.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(rebuilt).not.toHaveBeenCalled();
    expect(await rebuilds()).toBe(0);
  });

  it('gives the process up when a second new pool does not work either', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as () => never);
    await start({ DATABASE_WATCHDOG_SECONDS: '1' });
    proxy.admitOnly('zakops-watchdog');
    proxy.silence();
    await waitFor('the first attempt', () => rebuilt.mock.calls.length === 1, 30_000);
    expect(exit).not.toHaveBeenCalled();
    await waitFor('the end', () => exit.mock.calls.length > 0, 30_000);
    expect(exit.mock.calls[0]).toEqual([1]);
    expect(rebuilt).toHaveBeenCalledTimes(2);
  }, 70_000);
});
