import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionPool } from '../pool/connection-pool.js';
import { dataSourceOptions } from '../data-source-options.js';
import { Database } from '../database.js';
import { endSessionsOf } from './end-sessions-of.js';
import { sessionName } from './session-name.js';

const TAG = '0123abcd';
const OTHER = '89abcdef';

// Locks a row, and then asks for more rows than fit between server and client.
const CLIENT = `
  const pg = require('pg');
  const client = new pg.Client({ connectionString: process.env.URL, application_name: process.env.NAME });
  client.on('error', () => undefined);
  client.connect()
    .then(() => client.query('BEGIN'))
    .then(() => client.query('SELECT n FROM notes FOR UPDATE'))
    .then(() => {
      client.query("SELECT repeat('x', 1000), generate_series(1, 100000000)").catch(() => undefined);
      process.stdout.write('locked');
    });`;

describe(endSessionsOf.name, () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let own: Database;
  const children: ChildProcess[] = [];
  const clients: pg.Client[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (n int); INSERT INTO notes VALUES (1)');
    dataSource = await new DataSource(
      dataSourceOptions({ url: database.url, poolSize: 2 }, sessionName('zakops-test', OTHER)),
    ).initialize();
    own = new Database(new ConnectionPool(dataSource));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const client of clients.splice(0)) await client.end().catch(() => undefined);
    await dataSource.destroy();
    await database.drop();
  });

  const open = async (name: string, url = database.url): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const lock = (): Promise<unknown> => own.query('SELECT n FROM notes FOR UPDATE NOWAIT');

  it('frees the locks of a client that was stopped while the server sends it rows', async () => {
    const child = spawn(process.execPath, ['-e', CLIENT], {
      env: { ...process.env, URL: database.url, NAME: sessionName('zakops-outbox-worker', TAG) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await waitFor(
      'the server to be blocked',
      async () =>
        (await database.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE $1 AND wait_event = 'ClientWrite'`, [`% ${TAG}`]))
          .length === 1,
    );
    await expect(lock()).rejects.toHaveProperty('cause.driverError.code', '55P03');
    expect(await endSessionsOf(own, TAG)).toBe(1);
    expect(await lock()).toEqual([{ n: 1 }]);
  });

  it('ends every session of the process, and none of another process, role or database', async () => {
    const elsewhere = await createTestDatabase();
    const ending = await Promise.all([open(`zakops-outbox-worker ${TAG}`), open(`zakops-wake ${TAG}`)]);
    const staying = await Promise.all([
      open(`zakops-outbox-worker ${OTHER}`),
      open(`zakops-wake-${TAG}`),
      open(`zakops-wake ${TAG}`, database.ownerUrl),
      open(`zakops-wake ${TAG}`, elsewhere.url),
    ]);
    expect(await endSessionsOf(own, TAG)).toBe(2);
    for (const client of ending) await expect(client.query('SELECT 1')).rejects.toThrow();
    for (const client of staying) expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(await endSessionsOf(own, TAG)).toBe(0);
    await elsewhere.drop();
  });

  it('ends none for a text that is no tag, and not its own session', async () => {
    const client = await open('zakops-wake ');
    for (const text of ['', '%', 'zakops-wake']) expect(await endSessionsOf(own, text)).toBe(0);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(await endSessionsOf(own, OTHER)).toBe(0);
  });
});
