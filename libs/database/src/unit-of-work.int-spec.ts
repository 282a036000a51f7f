import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { DatabaseUnavailableError } from './database.errors.js';
import { Database } from './database.js';
import { prepared } from './statement.js';
import { TransactionAbortedError, TransactionClosedError } from './transaction.errors.js';
import type { Transaction } from './transaction.js';
import { UnitOfWork } from './unit-of-work.js';

const ADD = prepared('INSERT INTO notes VALUES ($1)');

describe(UnitOfWork.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let sut: UnitOfWork;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int PRIMARY KEY)');
    app = await startModules(database.url, { env: { DATABASE_POOL_SIZE: '4' } });
    sut = app.get(UnitOfWork);
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const notes = async (): Promise<number[]> => (await database.query<{ n: number }>('SELECT n FROM notes ORDER BY n')).map((row) => row.n);

  it('commits what was done, hooks before the commit inside it, hooks after it outside', async () => {
    const order: string[] = [];
    await sut.run(async (tx) => {
      tx.afterCommit(() => order.push('after'));
      tx.beforeCommit(async () => {
        await tx.query('INSERT INTO notes VALUES (2)');
        order.push('before');
      });
      await tx.query('INSERT INTO notes VALUES (1)');
      order.push('work');
    });
    expect([order, await notes()]).toEqual([
      ['work', 'before', 'after'],
      [1, 2],
    ]);
  });

  it('rolls back when the work or a hook before the commit fails, and gives no hint then', async () => {
    let hints = 0;
    const failing = sut.run(async (tx) => {
      tx.afterCommit(() => (hints += 1));
      tx.beforeCommit(() => Promise.reject(new Error('at the last moment')));
      await tx.query('INSERT INTO notes VALUES (1)');
    });
    await expect(failing).rejects.toThrow('at the last moment');
    expect([hints, await notes()]).toEqual([0, []]);
  });

  it('leaves a transaction unusable after its end', async () => {
    let kept: Transaction | undefined;
    await sut.run((tx) => {
      kept = tx;
      return Promise.resolve();
    });
    await expect(kept?.query('INSERT INTO notes VALUES (1)')).rejects.toThrow(TransactionClosedError);
    expect(() => kept?.afterCommit(() => undefined)).toThrow(TransactionClosedError);
  });

  it('runs the loser of a deadlock again, with a transaction of its own', async () => {
    await database.query('INSERT INTO notes VALUES (1), (2)');
    const seen = new Set<Transaction>();
    let runs = 0;
    const gate: { open: () => void; opened: Promise<void> }[] = [1, 2].map(() => {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      return { open, opened };
    });
    const lockBoth = (first: number, second: number, mine: number): Promise<void> =>
      sut.run(async (tx) => {
        runs += 1;
        seen.add(tx);
        await tx.query('UPDATE notes SET n = n WHERE n = $1', [first]);
        gate[mine]?.open();
        // Both hold their first row before either asks for the other's.
        await Promise.all(gate.map(({ opened }) => opened));
        await tx.query('UPDATE notes SET n = n WHERE n = $1', [second]);
      });
    await Promise.all([lockBoth(1, 2, 0), lockBoth(2, 1, 1)]);
    expect([runs, seen.size]).toEqual([3, 3]);
  });

  it('commits what several parts do as one, or nothing of it', async () => {
    const part = (n: number): Promise<unknown> => sut.run((tx) => tx.query('INSERT INTO notes VALUES ($1)', [n]));
    await sut.runJoined(async () => {
      await part(1);
      await part(2);
      expect(await sut.run((tx) => tx.query('SELECT count(*)::int AS n FROM notes'))).toEqual([{ n: 2 }]);
      expect(await notes()).toEqual([]);
    });
    const failing = sut.runJoined(async () => {
      await part(3);
      await sut.runApart((tx) => tx.query('INSERT INTO notes VALUES (100)'));
      throw new Error('after all');
    });
    await expect(failing).rejects.toThrow('after all');
    expect(await notes()).toEqual([1, 2, 100]);
  });

  it('keeps stores, timers, shared look-ups and loops out of the transaction of the call that started them', async () => {
    const store = app.get(Database);
    const lookUp = store.batchedRead<{ n: number }>(prepared('SELECT n FROM notes WHERE n = ANY($1::int[])'), ({ n }) => String(n));
    const add = (n: number): Promise<unknown> => store.query(ADD, [n]);
    const loop = async (): Promise<void> => {
      for (const n of [3, 4]) await sut.runApart((tx) => tx.query(ADD, [n]));
    };
    const failing = sut.runJoined(async (tx) => {
      await tx.query(ADD, [100]);
      await add(1);
      await new Promise((resolve) => setImmediate(resolve)).then(() => add(2));
      await loop();
      expect(await lookUp.get('100')).toBeUndefined();
      throw new Error('after all');
    });
    await expect(failing).rejects.toThrow('after all');
    expect(await notes()).toEqual([1, 2, 3, 4]);
  });

  it('commits nothing when one of several parts failed and another went on', async () => {
    const careless = sut.runJoined(async (tx) => {
      await tx.query('INSERT INTO notes VALUES (1)');
      await sut.run(() => Promise.reject(new Error('refused'))).catch(() => undefined);
    });
    await expect(careless).rejects.toThrow(TransactionAbortedError);
    const broken = sut.run(async (tx) => {
      await tx.query('INSERT INTO notes VALUES (1)');
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(broken).rejects.toThrow(TransactionAbortedError);
    expect(await notes()).toEqual([]);
  });

  it('sends what belongs to the commit with it, and tells whose statement failed', async () => {
    await sut.run((tx) => {
      tx.atCommit({ statement: ADD, values: [1] });
      tx.atCommit(() => ({ statement: ADD, values: [2] }));
      return Promise.resolve();
    });
    expect(await notes()).toEqual([1, 2]);
    const failing = sut.run(async (tx) => {
      await tx.query('INSERT INTO notes VALUES (3)');
      tx.atCommit({ statement: ADD, values: [4] });
      tx.atCommit({ statement: ADD, values: [1], mapError: () => new Error('number one is taken') });
      tx.atCommit({ statement: ADD, values: [5], mapError: () => new Error('not this one') });
    });
    await expect(failing).rejects.toThrow('number one is taken');
    expect(await notes()).toEqual([1, 2]);
    await expect(sut.run((tx) => tx.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
  });

  it('gives up with a retryable error when no connection is free within the limit', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let holding = 0;
    // Of four connections; one is left to reads.
    const holders = Array.from({ length: 3 }, () =>
      sut.run(async () => {
        holding += 1;
        await held;
      }),
    );
    await waitFor('all connections for changes to be held', () => holding === 3);
    const refused = sut.run(() => Promise.resolve());
    await expect(refused).rejects.toThrow(DatabaseUnavailableError);
    release();
    await Promise.all(holders);
    await expect(sut.run((tx) => tx.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
  });
});
