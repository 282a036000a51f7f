import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './connection-pool.js';
import { dataSourceOptions } from '../data-source-options.js';
import { Database } from '../database.js';
import { UnitOfWork } from '../unit-of-work.js';
import { PoolPlaces } from './pool-places.js';

const POOL_SIZE = 4;
const CALLS = 8;

/** What is held, and what each of many transactions does that has to wait for it. */
const WAITS: readonly [string, string, (n: number) => string][] = [
  ['many locked rows', 'SELECT FROM notes FOR UPDATE', (n) => `SELECT n FROM notes WHERE n = ${String(n)} FOR UPDATE`],
  ['an update of each of many rows', 'SELECT FROM notes FOR UPDATE', (n) => `UPDATE notes SET n = n WHERE n = ${String(n)}`],
  ['an update of one row', 'SELECT FROM notes FOR UPDATE', () => 'UPDATE notes SET n = n WHERE n = 1'],
  ['a lock of all rows', 'SELECT FROM notes FOR UPDATE', (n) => `SELECT ${String(n)} FROM notes ORDER BY n FOR UPDATE`],
  ['a value in a unique index', 'INSERT INTO notes VALUES (100)', () => 'INSERT INTO notes VALUES (100) ON CONFLICT DO NOTHING'],
  ['an advisory lock', 'SELECT pg_advisory_xact_lock(7)', () => 'SELECT pg_advisory_xact_lock(7)'],
  ['a table', 'LOCK TABLE notes', () => 'SELECT n FROM notes'],
];

describe(PoolPlaces.name, () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let read: Database;
  let write: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int PRIMARY KEY); INSERT INTO notes SELECT generate_series(0, 20)');
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: POOL_SIZE }, 'parted')).initialize();
    const pool = new ConnectionPool(dataSource);
    [read, write] = [new Database(pool), new UnitOfWork(pool)];
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function hold(statement: string): Promise<() => Promise<unknown>> {
    const holder = await database.connect();
    await holder.query('BEGIN');
    await holder.query(statement);
    return () => holder.query('ROLLBACK');
  }

  const waiting = async (): Promise<number> => {
    const rows = await database.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'parted' AND wait_event_type = 'Lock' AND datname = current_database()`,
    );
    return rows.length;
  };

  it.each(WAITS)('keeps a connection for reads while transactions wait for %s', async (_what, held, statement) => {
    const release = await hold(held);
    const calls = Promise.all(Array.from({ length: CALLS }, (_, n) => write.run((tx) => tx.query(statement(n)))));
    await waitFor('all connections for changes to wait', async () => (await waiting()) === POOL_SIZE - 1);
    for (let n = 0; n < 10; n += 1) expect(await read.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect([read.isCrowdedByChanges, read.isExhausted]).toEqual([true, false]);
    await release();
    await calls;
    expect(read.isCrowdedByChanges).toBe(false);
  });

  it('keeps connections for other reads while one has to wait for its table', async () => {
    const release = await hold('LOCK TABLE notes');
    const reads = Promise.all(Array.from({ length: CALLS }, () => read.query('SELECT count(*)::int AS n FROM notes')));
    await waitFor('half of the connections to wait', async () => (await waiting()) === POOL_SIZE / 2);
    for (let n = 0; n < 10; n += 1) expect(await read.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await release();
    expect(await reads).toEqual(Array(CALLS).fill([{ n: 21 }]));
  });

  it('lets those who have a connection for changes take a second one, although others wait for their first', async () => {
    const calls = Array.from({ length: CALLS }, (_, n) =>
      write.runJoined(async (tx) => {
        await tx.query('SELECT pg_sleep(0.05)');
        await write.runApart((apart) => apart.query('INSERT INTO notes VALUES ($1)', [200 + n]));
      }),
    );
    await Promise.all(calls);
    expect(await database.query('SELECT count(*)::int AS n FROM notes WHERE n >= 200')).toEqual([{ n: CALLS }]);
  });

  it('takes a long look by a connection for reads', async () => {
    const release = await hold('SELECT FROM notes FOR UPDATE');
    const calls = Promise.all(
      Array.from({ length: CALLS }, (_, n) => write.run((tx) => tx.query('UPDATE notes SET n = n WHERE n = $1', [n]))),
    );
    await waitFor('all connections for changes to wait', async () => (await waiting()) === POOL_SIZE - 1);
    expect(await write.runReading((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    await release();
    await calls;
  });

  it('gives every place back, however the work ended', async () => {
    for (let n = 0; n < 3 * POOL_SIZE; n += 1) {
      await expect(write.run((tx) => tx.query('SELECT 1 / 0'))).rejects.toThrow();
      await expect(read.query('SELECT 1 / 0')).rejects.toThrow();
      await expect(write.run(() => Promise.reject(new Error('before the first statement')))).rejects.toThrow('before');
    }
    await Promise.all(Array.from({ length: CALLS }, (_, n) => write.run((tx) => tx.query('UPDATE notes SET n = n WHERE n = $1', [n]))));
    expect(await read.query('SELECT 1 / 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.each([
    [1, 1, 1],
    [2, 1, 1],
    [3, 2, 1],
    [4, 3, 2],
    [20, 15, 10],
  ])('of %d connections leaves %d to transactions and %d to one statement', (size, transactions, statement) => {
    const sut = new PoolPlaces(size);
    let [forChanges, forReads] = [0, 0];
    while (sut.transactions.take()) forChanges += 1;
    while (sut.statements.take('SELECT 1')) forReads += 1;
    expect([forChanges, forReads]).toEqual([transactions, statement]);
  });
});
