import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions } from './data-source-options.js';
import { DatabaseError } from './database.errors.js';
import { prepared } from './statement.js';
import { SavepointOpenError, SwallowedStatementError, TransactionAbortedError } from './transaction.errors.js';
import type { Transaction } from './transaction.js';
import { UnitOfWork } from './unit-of-work.js';

const ADD = prepared('INSERT INTO notes VALUES ($1)');
const DIVIDE = prepared('SELECT 1 / $1::int AS quotient');
const refusal = new Error('refused');

describe('savepoints', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int)');
    dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 1 }, 'savepoints')).initialize();
    sut = new UnitOfWork(new ConnectionPool(dataSource));
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const notes = async (): Promise<number[]> => (await database.query<{ n: number }>('SELECT n FROM notes ORDER BY n')).map((row) => row.n);
  const add = (tx: Transaction, n: number): Promise<unknown> => tx.query(ADD, [n]);
  const fail = (tx: Transaction): Promise<unknown> => tx.query(DIVIDE, [0]);
  /** Runs a part that is to fail, and gives its error. */
  const failed = (tx: Transaction, work: () => Promise<unknown>): Promise<unknown> =>
    tx.savepoint(work).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('undoes what failed and keeps what comes before and after it', async () => {
    const broken: boolean[] = [];
    await sut.run(async (tx) => {
      await add(tx, 1);
      await tx.savepoint(() => add(tx, 2));
      const error = await failed(tx, async () => {
        await add(tx, 3);
        await fail(tx).catch((cause: unknown) => {
          broken.push(tx.isBroken);
          throw cause;
        });
      });
      expect(error).toHaveProperty('driverError.code', '22012');
      broken.push(tx.isBroken);
      expect(
        await failed(tx, async () => {
          await add(tx, 4);
          throw refusal;
        }),
      ).toBe(refusal);
      await tx.savepoint(() => add(tx, 5));
      await add(tx, 6);
    });
    expect([broken, await notes()]).toEqual([
      [true, false],
      [1, 2, 5, 6],
    ]);
  });

  it('gives what the work gives, and begins nothing for work without statements', async () => {
    const begun = await sut.run(async (tx) => {
      expect(await tx.savepoint(() => Promise.resolve('done'))).toBe('done');
      expect(await failed(tx, () => Promise.reject(refusal))).toBe(refusal);
      return tx.hasBegun;
    });
    expect(begun).toBe(false);
  });

  it('undoes work that caught the error of a statement, and says which', async () => {
    await sut.run(async (tx) => {
      const awaited = await failed(tx, async () => {
        await add(tx, 1);
        await fail(tx).catch(() => undefined);
      });
      expect(awaited).toBeInstanceOf(SwallowedStatementError);
      expect(awaited).toHaveProperty('cause.driverError.code', '22012');
      const ignored = await failed(tx, () => {
        void add(tx, 2);
        void fail(tx);
        return Promise.resolve();
      });
      expect(ignored).toBeInstanceOf(SwallowedStatementError);
      await tx.savepoint(() => add(tx, 3));
    });
    expect(await notes()).toEqual([3]);
  });

  it('undoes work one part of which failed', async () => {
    await sut.runJoined(async (tx) => {
      const part = await failed(tx, async () => {
        await add(tx, 1);
        await sut.run(() => Promise.reject(refusal)).catch(() => undefined);
      });
      expect(part).toHaveProperty('cause', refusal);
      await tx.savepoint(() => add(tx, 2));
    });
    expect(await notes()).toEqual([2]);
  });

  it('undoes what failed work registered for the commit, and nothing else', async () => {
    const order: string[] = [];
    const register = (tx: Transaction, name: string, n: number): void => {
      tx.beforeCommit(() => Promise.resolve(void order.push(`before ${name}`)));
      tx.atCommit({ statement: ADD, values: [n] });
      tx.afterCommit(() => order.push(`after ${name}`));
      tx.hintAfterCommit(ADD, [n * 10]);
    };
    await sut.run(async (tx) => {
      register(tx, 'first', 1);
      await failed(tx, () => {
        register(tx, 'bad', 2);
        return Promise.reject(refusal);
      });
      await tx.savepoint(() => {
        register(tx, 'good', 3);
        return Promise.resolve();
      });
    });
    expect(order).toEqual(['before first', 'before good', 'after first', 'after good']);
    // Behind the hints, on the same connection.
    await sut.run((tx) => add(tx, 100));
    expect(await notes()).toEqual([1, 3, 10, 30, 100]);
  });

  it('cannot save a transaction that was broken before', async () => {
    const run = sut.run(async (tx) => {
      const earlier = fail(tx).catch(() => undefined);
      expect(await failed(tx, () => add(tx, 1))).toHaveProperty('driverError.code', '22012');
      await earlier;
      expect(tx.isBroken).toBe(true);
    });
    await expect(run).rejects.toThrow(TransactionAbortedError);
    await expect(run).rejects.toHaveProperty('cause.driverError.code', '22012');
    expect(await notes()).toEqual([]);
  });

  it('refuses a second one while one is open', async () => {
    await sut.run(async (tx) => {
      const inner = await failed(tx, () => tx.savepoint(() => add(tx, 1)));
      expect(inner).toBeInstanceOf(SavepointOpenError);
      await tx.savepoint(() => add(tx, 2));
    });
    expect(await notes()).toEqual([2]);
  });

  it('sends savepoints together with statements, and none for the end', async () => {
    const sent: string[][] = [];
    const { master } = dataSource.driver as unknown as { readonly master: { connect(): Promise<Observed> } };
    const client = await master.connect();
    const query = client.query.bind(client);
    client.query = (batch) => {
      sent.push(batch.statements.map(({ text }) => text.replace('INSERT INTO notes VALUES ($1)', 'ADD')));
      return query(batch);
    };
    client.release();
    await sut.run(async (tx) => {
      await tx.savepoint(() => add(tx, 1));
      await tx.savepoint(() => add(tx, 2));
      tx.hintAfterCommit(ADD, [3]);
    });
    expect(sent).toEqual([
      ['BEGIN', 'SAVEPOINT part', 'ADD'],
      ['RELEASE SAVEPOINT part', 'SAVEPOINT part', 'ADD'],
      ['RELEASE SAVEPOINT part', 'COMMIT'],
      ['ADD'],
    ]);
  });

  it('runs work again whose statements a migration made stale', async () => {
    const list = prepared('SELECT n FROM notes ORDER BY n');
    await sut.run((tx) => tx.query(list));
    await database.query('ALTER TABLE notes ALTER COLUMN n TYPE bigint');
    const runs: string[] = [];
    await sut.run(async (tx) => {
      await add(tx, 1);
      await tx.savepoint(async () => {
        runs.push('part');
        await add(tx, 2);
        await tx.query(list);
      });
      runs.push('end');
    });
    expect([runs, (await notes()).map(Number)]).toEqual([
      ['part', 'part', 'end'],
      [1, 2],
    ]);
  });

  it('takes part in running a transaction again', async () => {
    let runs = 0;
    await sut.run(async (tx) => {
      runs += 1;
      await tx.savepoint(async () => {
        await add(tx, runs);
        if (runs === 1) await tx.query(`DO $$ BEGIN RAISE deadlock_detected; END $$`);
      });
    });
    expect([runs, await notes()]).toEqual([2, [2]]);
  });

  it('reports what no savepoint has undone as the error of the database', async () => {
    await expect(sut.run((tx) => tx.savepoint(() => fail(tx)))).rejects.toBeInstanceOf(DatabaseError);
  });
});

interface Observed {
  query(batch: { readonly statements: readonly { readonly text: string }[] }): unknown;
  release(): void;
}
