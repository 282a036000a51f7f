import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { Database } from './database.js';
import { DatabaseUnavailableError } from './database.errors.js';
import { prepared } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

const ADD = prepared('INSERT INTO notes VALUES ($1)');
const QUICK = prepared('SELECT 1 AS quick');

// One connection: the next caller meets what a transaction leaves behind on it.
describe('the one connection of a pool', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let pool: ConnectionPool;
  let read: Database;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int)');
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 1 }, 'faults')).initialize();
    pool = new ConnectionPool(dataSource);
    read = new Database(pool);
    sut = new UnitOfWork(pool);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const notes = async (): Promise<number[]> => (await database.query<{ n: number }>('SELECT n FROM notes ORDER BY n')).map((row) => row.n);
  const transactionStates = async (): Promise<unknown> =>
    database.query(`SELECT state FROM pg_stat_activity WHERE application_name = 'faults' AND datname = current_database()`);

  /** Cuts it as a network does that goes away: no word of the server comes before. */
  const cut = async (): Promise<void> => {
    const { master } = dataSource.driver as unknown as {
      readonly master: { readonly _clients: (pg.Client & { connection: { stream: { destroy(e?: Error): void } } })[] };
    };
    await waitFor(
      'a statement under way',
      async () =>
        (
          await database.query(
            `SELECT FROM pg_stat_activity WHERE application_name = 'faults' AND query LIKE '%pg_sleep%' AND state = 'active'`,
          )
        ).length === 1,
    );
    for (const client of master._clients)
      client.connection.stream.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  };

  it('fails a read whose connection is cut, and nothing else', async () => {
    const lost = expect(read.query('SELECT pg_sleep(20)')).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await cut();
    await lost;
    expect(await read.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('fails a transaction whose connection is cut, with all that was sent', async () => {
    const lost = sut.run((tx) => Promise.all([tx.query(ADD, [1]), tx.query('SELECT pg_sleep(20)'), tx.query(ADD, [2])]));
    const seen = expect(lost).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await cut();
    await seen;
    await sut.run((tx) => tx.query(ADD, [3]));
    expect(await notes()).toEqual([3]);
  });

  it('refuses a value that cannot be written, and goes on', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(read.query('SELECT $1::jsonb', [circular])).rejects.toThrow('circular');
    const refused = sut.run(async (tx) => {
      await tx.query(ADD, [1]);
      tx.atCommit({ statement: ADD, values: [circular] });
    });
    await expect(refused).rejects.toThrow('circular');
    await sut.run((tx) => tx.query(ADD, [2]));
    expect(await notes()).toEqual([2]);
  });

  it('sends nothing of a transaction after its rollback', async () => {
    const refused = sut.run((tx) => {
      tx.query(QUICK).catch(() => undefined);
      return Promise.reject(new Error('refused'));
    });
    await expect(refused).rejects.toThrow('refused');
    await read.query('SELECT 1');
    expect(await transactionStates()).toEqual([{ state: 'idle' }]);
    const later = sut.run(async (tx) => {
      await tx.query(QUICK);
      void tx.query(ADD, [1]).catch(() => undefined);
      await Promise.resolve();
      throw new Error('refused');
    });
    await expect(later).rejects.toThrow('refused');
    await read.query('SELECT 1');
    expect(await notes()).toEqual([]);
  });

  it('takes nothing into a transaction that is being committed', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await sut.runJoined(async (tx) => {
      await tx.query(ADD, [1]);
      // Begins when the commit is under way.
      tx.atCommit(() => {
        late = new Promise((resolve) => setImmediate(resolve)).then(() =>
          sut.run((own) => {
            own.atCommit({ statement: ADD, values: [2] });
            return own.query(QUICK);
          }),
        );
        return { statement: QUICK, values: [] };
      });
    });
    await late;
    expect(await notes()).toEqual([1, 2]);
  });

  it('keeps names when one statement is sent twice before it was answered', async () => {
    const twice = prepared('INSERT INTO notes VALUES ($1 + 0)');
    await sut.run((tx) => Promise.all([tx.query(twice, [1]), tx.query(twice, [2])]));
    const again = prepared('INSERT INTO notes VALUES ($1 + 1)');
    await sut.run(async (tx) => {
      await tx.query(QUICK);
      const first = tx.query(again, [2]);
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([first, tx.query(again, [3])]);
    });
    expect([await notes(), pool.names.areUsed]).toEqual([[1, 2, 3, 4], true]);
  });

  it('takes a name again whose statement could not be parsed, and one that failed later', async () => {
    const missing = prepared('SELECT n FROM later_notes');
    const dividing = prepared('SELECT 1 / $1::int AS quotient');
    await expect(read.query(missing)).rejects.toThrow('refused');
    await expect(read.query(dividing, [0])).rejects.toThrow('refused');
    await database.query('CREATE TABLE later_notes (n int); GRANT ALL ON later_notes TO public');
    expect(await read.query(missing)).toEqual([]);
    expect(await read.query(dividing, [1])).toEqual([{ quotient: 1 }]);
    expect(pool.names.areUsed).toBe(true);
  });

  it('waits for every part of a transaction before it commits, also for one that nobody awaits', async () => {
    let part: Promise<unknown> = Promise.resolve();
    let goOn: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => (goOn = resolve));
    await sut.runJoined(async (tx) => {
      await tx.query(QUICK);
      part = sut.run(async (own) => {
        await own.query(ADD, [1]);
        await isOver;
        await own.query(ADD, [2]);
      });
      // In the next turn, when this function has returned and the commit is due.
      setImmediate(goOn);
    });
    await part;
    expect(await notes()).toEqual([1, 2]);
  });

  it('runs a call again when a pooler stands between', async () => {
    const named = prepared('SELECT 1 AS known');
    await read.query(named);
    await read.query('DEALLOCATE ALL');
    expect(await sut.runJoined(() => sut.run((tx) => tx.query(named)))).toEqual([{ known: 1 }]);
    expect(pool.names.areUsed).toBe(false);
  });

  it('goes on after a migration under its statements, however many connections and statements there are', async () => {
    const four = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 4 }, 'migrated')).initialize();
    const poolOfFour = new ConnectionPool(four);
    const [reader, writer] = [new Database(poolOfFour), new UnitOfWork(poolOfFour)];
    const statements = [1, 2, 3, 4].map((n) => prepared(`SELECT n FROM notes WHERE n = ${String(n)}`));
    const runAll = (): Promise<void> =>
      writer.run(async (tx) => {
        for (const statement of [...statements, 'SELECT pg_sleep(0.05)']) await tx.query(statement);
      });
    await Promise.all([1, 2, 3, 4].map(runAll));
    await database.query('ALTER TABLE notes ALTER COLUMN n TYPE bigint');
    for (const statement of statements) expect(await reader.query(statement)).toEqual([]);
    await Promise.all([1, 2, 3, 4].map(runAll));
    await database.query('ALTER TABLE notes ALTER COLUMN n TYPE int');
    await runAll();
    expect(poolOfFour.names.areUsed).toBe(true);
    await four.destroy();
  });

  it('says that a row could not be read, instead of leaving it out', async () => {
    const { master } = dataSource.driver as unknown as { readonly master: pg.Pool };
    const client = await master.connect();
    client.setTypeParser(pg.types.builtins.MONEY, () => {
      throw new Error('not readable');
    });
    client.release();
    await expect(read.query(`SELECT '1'::money`)).rejects.toThrow('not readable');
    const half = sut.run(async (tx) => {
      await Promise.all([tx.query(ADD, [1]), tx.query(`SELECT '1'::money`), tx.query('SELECT 1 AS one')]);
    });
    await expect(half).rejects.toThrow('not readable');
    expect(await notes()).toEqual([]);
  });
});

// As PostgreSQL writes them: it takes the session, is ready, and ends the session because it is told to.
const TAKEN = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
const ENDED = Buffer.concat([Buffer.from([0x45, 0, 0, 0, FIELDS.length + 4]), FIELDS]);

describe('a pool whose server ends a session in the same breath in which it takes it', () => {
  it('fails the request that was to have the connection, and not the process', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        // One write, so that all of it is read before any promise goes on.
        socket.end(Buffer.concat([TAKEN, READY, ENDED]));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const dataSource = new DataSource(dataSourceOptions({ url: `postgres://nobody@127.0.0.1:${String(port)}/x`, poolSize: 1 }, 'faults'));
    try {
      await expect(dataSource.initialize()).rejects.toThrow('connection');
    } finally {
      server.close();
    }
  });
});

describe('a server that takes no writes any more', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let read: Database;
  let write: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int)');
    await database.query(`GRANT ALL ON notes TO ${new URL(database.url).username}`);
    await letWrite(false);
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 3 }, 'read-only')).initialize();
    const pool = new ConnectionPool(dataSource);
    read = new Database(pool);
    write = new UnitOfWork(pool);
    await Promise.all([1, 2, 3].map(() => read.query('SELECT pg_sleep(0.05)')));
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const letWrite = (yes: boolean): Promise<unknown> => {
    const { username, pathname } = new URL(database.url);
    return database.query(
      `ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET default_transaction_read_only = ${yes ? 'off' : 'on'}`,
    );
  };

  it.each([
    ['a transaction', () => write.run((tx) => tx.query(ADD, [1]))],
    ['a statement', () => read.query(ADD, [1])],
  ])('is away for %s, and no connection to it is used again', async (_what, add) => {
    await expect(add()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await read.query(QUICK)).toEqual([{ quick: 1 }]);
    await letWrite(true);
    await add().catch(() => undefined);
    await Promise.all([add(), add(), add()]);
    expect(await database.query('SELECT DISTINCT n FROM notes')).toEqual([{ n: 1 }]);
  });

  it('says so when it is asked, and is asked again over another connection', async () => {
    expect(await read.takesWrites()).toBe(false);
    await letWrite(true);
    expect(await read.takesWrites()).toBe(true);
  });
});
