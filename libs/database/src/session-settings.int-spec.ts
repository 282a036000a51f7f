import { SESSION_SETTINGS } from '#zakops/postgres';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { ConnectionPool } from './pool/connection-pool.js';
import { dataSourceOptions, dropDispensable } from './data-source-options.js';
import { Database } from './database.js';
import { prepared } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

const LIMITS = { statementTimeoutMs: 7_000, lockTimeoutMs: 5_000, idleTransactionTimeoutMs: 9_000 };
const READ = prepared(`
  SELECT array_agg(current_setting(name) ORDER BY n) AS values FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, n)`);
const LEFT = prepared(`SELECT name FROM pg_settings WHERE source = 'database user'`);
const NAMES = Object.keys(SESSION_SETTINGS).filter((name) => !/^default_|^exit_|^idle_/.test(name));
const ALL = [...NAMES, 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_isolation'];
const EXPECTED = [...NAMES.map((name) => SESSION_SETTINGS[name]), '7s', '5s', '9s', 'read committed'];

describe('the settings that statements meet, on a role with other defaults', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let pool: ConnectionPool;

  beforeEach(async () => {
    database = await createTestDatabase({ hostileDefaults: true });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const fresh = (): DataSource => new DataSource(dataSourceOptions({ url: database.url, poolSize: 1, ...LIMITS }, 'settings'));

  const open = async (): Promise<void> => {
    pool = new ConnectionPool(dataSource);
    await pool.open();
  };

  const expectOurs = async (): Promise<void> => {
    const [read, work] = [new Database(pool), new UnitOfWork(pool)];
    for (let round = 0; round < 2; round += 1) {
      expect(await read.query(READ, [ALL])).toEqual([{ values: EXPECTED }]);
      expect(await work.run((tx) => tx.query(READ, [ALL]))).toEqual([{ values: EXPECTED }]);
      expect(await work.run((tx) => tx.query(READ.text, [ALL]))).toEqual([{ values: EXPECTED }]);
    }
  };

  it('are ours', async () => {
    dataSource = fresh();
    await open();
    await expectOurs();
    // The list that is compared above is the code's own: what is missing in it shows here.
    expect(await new Database(pool).query(LEFT, [])).toEqual([]);
  });

  it.each(['refuses', 'forgets'])('are ours behind a pooler that %s them, whose sessions stay as they were', async (how) => {
    dataSource = fresh();
    // As `ignore_startup_parameters` does: taken, and without effect.
    if (how === 'forgets') (dataSource.options as { extra: { connectionString: string } }).extra.connectionString = database.url;
    const initialize = dataSource.initialize.bind(dataSource);
    const refuse = jest.spyOn(dataSource, 'initialize');
    if (how === 'refuses') refuse.mockRejectedValueOnce(refusal()).mockRejectedValueOnce(refusal());
    refuse.mockImplementation(initialize);
    // The server itself would end such a session before its next transaction.
    await database.query(
      `ALTER ROLE ${new URL(database.url).username} IN DATABASE ${new URL(database.url).pathname.slice(1)} SET idle_session_timeout = 0`,
    );
    await database.query(
      `ALTER ROLE ${new URL(database.url).username} IN DATABASE ${new URL(database.url).pathname.slice(1)} SET statement_timeout = 1000`,
    );
    await open();
    await expectOurs();
    const [left] = await dataSource.query<{ style: string }[]>(`SELECT current_setting('DateStyle') AS style`);
    expect(left?.style).toBe('German, DMY');
  });

  it('takes out of a connection what a pooler refuses, the least needed first', async () => {
    dataSource = fresh();
    await open();
    const options = fresh().options;
    expect([1, 2, 3, 4].map(() => dropDispensable(options))).toEqual(['keep-alive', 'settings', 'limits', undefined]);
  });
});

function refusal(): Error {
  return new Error('unsupported startup parameter in options: tcp_user_timeout');
}
