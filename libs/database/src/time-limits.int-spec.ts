import { loadConfig } from '#zakops/config';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseConfig } from './database.config.js';
import { DatabaseTimeoutError, DatabaseUnavailableError } from './database.errors.js';
import { Database } from './database.js';
import { UnitOfWork } from './unit-of-work.js';

describe('the time limits of a pool', () => {
  let database: TestDatabase;
  let app: INestApplicationContext | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int PRIMARY KEY); INSERT INTO notes VALUES (1)');
  });

  afterEach(async () => {
    await app?.close();
    await database.drop();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<{ read: Database; write: UnitOfWork }> {
    app = await startModules(database.url, { env: { DATABASE_POOL_SIZE: '2', ...env } });
    return { read: app.get(Database), write: app.get(UnitOfWork) };
  }

  it('are known to the server on every connection', async () => {
    const { read } = await start();
    const ask = (): Promise<Record<string, unknown>[]> =>
      read.query(`SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
                         current_setting('idle_in_transaction_session_timeout') AS idle,
                         current_setting('tcp_user_timeout') AS unread, current_setting('tcp_keepalives_idle') AS quiet, pg_sleep(0.05)`);
    const answers = (await Promise.all([ask(), ask()])).flat();
    expect(answers).toEqual(
      Array(2).fill(expect.objectContaining({ statement: '25s', lock: '10s', idle: '1min', unread: '15000', quiet: '5' })),
    );
  });

  it('end a statement that takes too long, and leave its connection in order', async () => {
    const { read, write } = await start({ DATABASE_STATEMENT_TIMEOUT: '1', DATABASE_LOCK_TIMEOUT: '0.5' });
    const pid = async (): Promise<unknown> => (await read.query('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];
    const before = await pid();
    await expect(read.query('SELECT pg_sleep(20)')).rejects.toBeInstanceOf(DatabaseTimeoutError);
    await expect(write.run((tx) => tx.query('SELECT pg_sleep(20)'))).rejects.toBeInstanceOf(DatabaseTimeoutError);
    expect(await pid()).toBe(before);
  });

  it('end the wait for a lock', async () => {
    const { write } = await start({ DATABASE_LOCK_TIMEOUT: '0.5' });
    const holder = await database.connect();
    await holder.query('BEGIN; UPDATE notes SET n = n');
    const waiting = write.run((tx) => tx.query('UPDATE notes SET n = n WHERE n = 1'));
    await expect(waiting).rejects.toBeInstanceOf(DatabaseTimeoutError);
    await holder.query('ROLLBACK');
    await write.run((tx) => tx.query('UPDATE notes SET n = 2'));
  });

  it('end a transaction in which nothing happens, so that others get its locks', async () => {
    const { write } = await start({ DATABASE_IDLE_TRANSACTION_TIMEOUT: '1' });
    let wake = (): void => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let holds = false;
    const forgotten = write.run(async (tx) => {
      await tx.query('UPDATE notes SET n = 7');
      holds = true;
      await asleep;
      await tx.query('SELECT 1');
    });
    const lost = expect(forgotten).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await waitFor('the lock', () => holds);
    await waitFor('the row to be free', async () => {
      const rows = await database.query('SELECT n FROM notes FOR UPDATE SKIP LOCKED');
      return rows.length === 1;
    });
    wake();
    await lost;
    // Both connections of the pool are good.
    await Promise.all([1, 2].map(() => write.run((tx) => tx.query('SELECT pg_sleep(0.05)'))));
    expect(await database.query('SELECT n FROM notes')).toEqual([{ n: 1 }]);
  });

  it('must fit each other', () => {
    expect(() => loadConfig([DatabaseConfig], { DATABASE_URL: database.url, DATABASE_LOCK_TIMEOUT: '25' })).toThrow(
      'DATABASE_LOCK_TIMEOUT must be shorter than DATABASE_STATEMENT_TIMEOUT',
    );
  });

  it('do not end a transaction at work', async () => {
    const { write } = await start({ DATABASE_IDLE_TRANSACTION_TIMEOUT: '1' });
    const rows = await write.run(async (tx) => {
      for (let n = 0; n < 4; n += 1) {
        await tx.query('SELECT 1');
        await sleep(400);
      }
      return tx.query('SELECT n FROM notes');
    });
    expect(rows).toEqual([{ n: 1 }]);
  });
});
