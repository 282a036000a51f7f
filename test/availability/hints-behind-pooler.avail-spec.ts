import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../libs/database/src/data-source-options.js';
import { Database, prepared, UnitOfWork } from '../../libs/database/src/index.js';
import { ConnectionPool } from '../../libs/database/src/pool/connection-pool.js';
import { startPgbouncer } from '../migrations/pgbouncer.js';
import type { Pgbouncer } from '../migrations/pgbouncer.js';

const WRITERS = 8;
const ROUNDS = 50;
const ADD = prepared('INSERT INTO notes (writer, n, pid) VALUES ($1, $2, pg_backend_pid())');
const HINT = prepared('INSERT INTO hints (writer, n) VALUES ($1, $2)');
const FAILING_HINT = prepared('SELECT 1 / $1::int');

// The pooler has fewer connections than its clients, and gives each to another client at every end of a transaction.
describe('commits with hints behind them, through pgbouncer in transaction mode', () => {
  let database: TestDatabase;
  let pooler: Pgbouncer;
  let dataSource: DataSource;
  let pool: ConnectionPool;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (writer int, n int, pid int); CREATE TABLE hints (writer int, n int)');
    pooler = await startPgbouncer(database.ownerUrl, 'transaction', 3);
    dataSource = new DataSource(dataSourceOptions({ url: pooler.url, poolSize: WRITERS }, 'behind-pooler'));
    pool = new ConnectionPool(dataSource);
    await pool.open();
  }, 60_000);

  afterAll(async () => {
    await dataSource.destroy();
    await pooler.stop();
    await database.drop();
  });

  it('are all acknowledged and there, with their hints', async () => {
    const [read, sut] = [new Database(pool), new UnitOfWork(pool)];
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < ROUNDS; n += 1) {
        await sut.run(async (tx) => {
          tx.hintAfterCommit(HINT, [writer, n]);
          tx.hintAfterCommit(FAILING_HINT, [0]);
          await tx.query(ADD, [writer, n]);
          await tx.savepoint(() => tx.query(ADD, [writer, n + ROUNDS]));
        });
        await read.query(ADD, [writer, n + 2 * ROUNDS], { hint: { statement: HINT, values: [writer, n + ROUNDS] } });
      }
    };
    // Until the first statement has met a connection that does not know its name.
    await Promise.all(Array.from({ length: WRITERS }, () => read.query(prepared('SELECT pg_sleep(0.05)'))));
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    const [counts] = await database.query('SELECT count(DISTINCT (writer, n))::int AS notes, count(*)::int AS rows FROM notes');
    expect(counts).toEqual({ notes: WRITERS * ROUNDS * 3, rows: WRITERS * ROUNDS * 3 });
    await waitFor('the last hints', async () => {
      const [row] = await database.query<{ n: number }>('SELECT count(DISTINCT writer)::int AS n FROM hints WHERE n IN ($1, $2)', [
        ROUNDS - 1,
        2 * ROUNDS - 1,
      ]);
      return row?.n === WRITERS;
    });
  });
});
