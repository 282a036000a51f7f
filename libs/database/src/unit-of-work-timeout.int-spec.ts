import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { Database } from './database.js';
import { DatabaseUnavailableError } from './database.errors.js';
import { UnitOfWork } from './unit-of-work.js';

describe('a statement that outlasts the limit of the driver', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let pool: ConnectionPool;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int PRIMARY KEY)');
    const options = dataSourceOptions({ url: database.url, poolSize: 1 }, 'timeout');
    dataSource = await new DataSource({ ...options, extra: { ...options.extra, query_timeout: 250 } }).initialize();
    pool = new ConnectionPool(dataSource);
    sut = new UnitOfWork(pool);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('leaves no open transaction behind for the next one to commit', async () => {
    const slow = sut.run(async (tx) => {
      await tx.query('INSERT INTO notes VALUES (1)');
      await tx.query('SELECT pg_sleep(0.8)');
    });
    await expect(slow).rejects.toBeInstanceOf(DatabaseUnavailableError);
    // The pool has one connection: what follows comes after the slow statement on it, unless it is another one.
    for (let n = 2; n <= 6; n += 1) await sut.run((tx) => tx.query('INSERT INTO notes VALUES ($1)', [n])).catch(() => undefined);
    expect(await database.query('SELECT n FROM notes WHERE n = 1')).toEqual([]);
    expect(await database.query('SELECT n FROM notes ORDER BY n')).toEqual([2, 3, 4, 5, 6].map((n) => ({ n })));
  });

  it('does not make the next statement wait behind it', async () => {
    const sutOfReads = new Database(pool);
    await expect(sutOfReads.query('SELECT pg_sleep(0.8)')).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await sutOfReads.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
