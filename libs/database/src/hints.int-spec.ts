import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { Database } from './database.js';
import { prepared } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

const ADD = prepared('INSERT INTO notes VALUES ($1)');
// As NOTIFY does when the queue is full.
const FAIL = prepared('SELECT 1 / 0');

describe('hints behind a commit', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let read: Database;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 1 }, 'hints')).initialize();
    const pool = new ConnectionPool(dataSource);
    read = new Database(pool);
    sut = new UnitOfWork(pool);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const notes = async (): Promise<number[]> => (await database.query<{ n: number }>('SELECT n FROM notes ORDER BY n')).map((row) => row.n);

  it('follow the commit of a transaction and of a statement', async () => {
    await sut.run(async (tx) => {
      tx.hintAfterCommit(ADD, [2]);
      await tx.query(ADD, [1]);
    });
    await read.query(ADD, [3], { hint: { statement: ADD, values: [4] } });
    await read.query('SELECT 1');
    expect(await notes()).toEqual([1, 2, 3, 4]);
  });

  it('leave what was committed acknowledged when they fail, each on its own, and the connection in order', async () => {
    await sut.run(async (tx) => {
      tx.hintAfterCommit(FAIL);
      tx.hintAfterCommit(ADD, [2]);
      tx.hintAfterCommit(ADD, [1]);
      await tx.query(ADD, [1]);
    });
    await read.query(ADD, [3], { hint: { statement: FAIL, values: [] } });
    await sut.run((tx) => tx.query(ADD, [4]));
    expect(await notes()).toEqual([1, 2, 3, 4]);
    expect(await pid()).toBe(await pid());
  });

  it('end with the connection at worst, after the commit was acknowledged', async () => {
    const first = await pid();
    const kill = prepared('SELECT pg_terminate_backend(pg_backend_pid())');
    await sut.run(async (tx) => {
      tx.hintAfterCommit(kill);
      await tx.query(ADD, [1]);
    });
    await waitFor('another connection', async () => (await pid().catch(() => first)) !== first);
    expect(await notes()).toEqual([1]);
  });

  it('are not waited for', async () => {
    await sut.run(async (tx) => {
      tx.hintAfterCommit(prepared('SELECT pg_sleep(3600)'));
      await tx.query(ADD, [1]);
    });
    expect(await notes()).toEqual([1]);
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hints'`);
  });

  it('are not sent when the commit is not', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const refused = sut.run((tx) => {
      tx.hintAfterCommit(ADD, [1]);
      tx.atCommit({ statement: ADD, values: [circular] });
      return Promise.resolve();
    });
    await expect(refused).rejects.toThrow('circular');
    const failing = sut.run(async (tx) => {
      tx.hintAfterCommit(ADD, [2]);
      await tx.query(ADD, [1]);
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    await sut.run((tx) => {
      tx.hintAfterCommit(ADD, [3]);
      return Promise.resolve();
    });
    await expect(read.query('SELECT $1::jsonb', [circular], { hint: { statement: ADD, values: [4] } })).rejects.toThrow('circular');
    await read.query('SELECT 1');
    expect(await notes()).toEqual([]);
  });

  const pid = async (): Promise<unknown> => (await read.query('SELECT pg_backend_pid() AS pid'))[0]?.['pid'];
});
