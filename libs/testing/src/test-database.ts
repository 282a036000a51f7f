import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of a test's own, with the full schema and nothing in it. */
export interface TestDatabase {
  /** As processes connect: with the run-time role, which may do what the code does and no more. The owner's for an empty database. */
  readonly url: string;
  /** With every right, for what a test prepares, breaks and looks at; {@link query} and {@link connect} use it. */
  readonly ownerUrl: string;
  /** Runs one statement over a connection of its own, with every right, and gives the rows. */
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
  /** Opens another connection, for locks and open transactions; closed by {@link drop} at the latest. */
  connect(): Promise<pg.Client>;
  /** Removes the database, and ends the connections that are left. */
  drop(): Promise<void>;
}

/** What {@link createTestDatabase} may be asked for. */
export interface TestDatabaseOptions {
  /** True for a database without any schema, to test migrations. */
  readonly empty?: boolean;
  /** True for defaults of the run-time role that nobody expects; also by ZAKOPS_TEST_DEFAULTS=hostile, for every database of a run. */
  readonly hostileDefaults?: boolean;
}

/** What an administrator may have set, each as far from the usual as it goes. */
const HOSTILE_DEFAULTS: Readonly<Record<string, string>> = {
  DateStyle: `'German, DMY'`,
  IntervalStyle: `'sql_standard'`,
  TimeZone: `'Asia/Kathmandu'`,
  client_encoding: `'LATIN1'`,
  bytea_output: `'escape'`,
  extra_float_digits: '-15',
  search_path: 'nowhere',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  transform_null_equals: 'on',
  row_security: 'off',
  exit_on_error: 'on',
  default_transaction_isolation: `'serializable'`,
  default_transaction_deferrable: 'on',
  statement_timeout: '1',
  lock_timeout: '1',
  idle_in_transaction_session_timeout: '1',
  idle_session_timeout: '20',
};

/**
 * Clones the migrated template of this test run.
 *
 * @throws Error outside of a jest run with the project's global setup
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const serverUrl = process.env['ZAKOPS_TEST_DATABASE_URL'];
  const template = process.env['ZAKOPS_TEST_TEMPLATE'];
  const runtimeUser = process.env['ZAKOPS_TEST_RUNTIME_USER'];
  if (serverUrl === undefined || template === undefined || runtimeUser === undefined) {
    throw new Error('No test server: run this test through jest with the project configuration.');
  }
  const database = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${database} TEMPLATE ${options.empty === true ? 'template0' : template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  const runtimeUrl = new URL(url);
  const [user = '', password = ''] = runtimeUser.split(':');
  if (options.empty !== true) Object.assign(runtimeUrl, { username: user, password });
  if (options.hostileDefaults === true || process.env['ZAKOPS_TEST_DEFAULTS'] === 'hostile') {
    const settings = Object.entries(HOSTILE_DEFAULTS).map(
      ([name, value]) => `ALTER ROLE ${user} IN DATABASE ${database} SET ${name} = ${value}`,
    );
    await onServer(serverUrl, settings.join('; '));
  }
  const open = new Set<pg.Client>();
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url.href, application_name: 'zakops-test' });
    // Dropping the database or killing the server in a test ends this connection.
    client.on('error', () => undefined);
    await client.connect();
    open.add(client);
    client.on('end', () => open.delete(client));
    return client;
  };
  let shared: Promise<pg.Client> | undefined;
  return {
    url: runtimeUrl.href,
    ownerUrl: url.href,
    connect,
    async query<R extends pg.QueryResultRow>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
      shared ??= connect();
      const result = await (await shared).query<R>(sql, [...parameters]);
      return result.rows;
    },
    async drop(): Promise<void> {
      await Promise.all([...open].map((client) => client.end().catch(() => undefined)));
      await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
