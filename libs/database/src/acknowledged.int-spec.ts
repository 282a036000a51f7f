import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { Database } from './database.js';
import { DatabaseError, DatabaseUnavailableError } from './database.errors.js';
import { prepared } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

const ADD = prepared('INSERT INTO notes VALUES ($1) RETURNING n');
const NEXT = prepared('SELECT 1 AS one');

// What the server does after it said that the statement is carried out, and before its commit.
const REFUSE = `RAISE EXCEPTION 'refused at the commit'`;
const KILL = `PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0)`;
// The notice takes the answer to the statement along to the client.
const HANG = `RAISE NOTICE 'committing'; PERFORM pg_sleep(3600)`;

describe('an acknowledged statement', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let pool: ConnectionPool;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 1 }, 'acknowledged')).initialize();
    pool = new ConnectionPool(dataSource);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const notes = async (): Promise<unknown> => database.query('SELECT n FROM notes');

  /** Has the server do this at the commit of every insert. */
  const atCommit = async (deed: string): Promise<void> => {
    await database.query(`
      CREATE TABLE notes (n int);
      GRANT ALL ON notes TO public;
      CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${deed}; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()`);
  };

  /** Cuts the connection when the server is committing, as a network does that goes away. */
  const cutAtNotice = (): void => {
    const { master } = dataSource.driver as unknown as { readonly master: { readonly _clients: readonly pg.Client[] } };
    for (const client of master._clients) {
      client.on('notice', () => client.connection.stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })));
    }
  };

  const ways = [
    ['alone', () => new Database(pool).query(ADD, [1])],
    ['in a transaction', () => new UnitOfWork(pool).run((tx) => tx.query(ADD, [1]))],
    [
      'with the commit of a transaction',
      () =>
        new UnitOfWork(pool).run((tx) => {
          tx.atCommit({ statement: ADD, values: [1] });
          return Promise.resolve();
        }),
    ],
  ] as const;

  it.each(ways)('is not one that a constraint refuses at the commit, sent %s', async (_, add) => {
    await atCommit(REFUSE);
    await expect(add()).rejects.toBeInstanceOf(DatabaseError);
    expect(await notes()).toEqual([]);
    expect(await new Database(pool).query(NEXT)).toEqual([{ one: 1 }]);
  });

  it.each(ways)('is not one whose backend is ended at the commit, sent %s', async (_, add) => {
    await atCommit(KILL);
    await expect(add()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await notes()).toEqual([]);
  });

  it.each(ways)('is not one whose connection is cut at the commit, sent %s', async (_, add) => {
    await atCommit(HANG);
    cutAtNotice();
    await expect(add()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await database.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'acknowledged'`);
    expect(await notes()).toEqual([]);
  });
});
