import type { RuntimeConfig } from '#zakops/config';
import type { Database, DatabaseConfig, DatabaseConnector } from '#zakops/database';
import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { AccessChange } from './access-change.js';
import { AccessChanges } from './access-changes.js';
import { AccessNotices } from './access-notices.js';

const ID = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

type Query = (sql: string, parameters: readonly unknown[]) => Promise<unknown>;

describe(AccessNotices.name, () => {
  let database: TestDatabase;
  let started: AccessNotices[];
  beforeEach(async () => {
    database = await createTestDatabase();
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((notices) => notices.onApplicationShutdown()));
    await database.drop();
  });

  function start(query: Query = (sql, parameters) => database.query(sql, parameters)): {
    sut: AccessNotices;
    told: (AccessChange | undefined)[];
  } {
    const changes = new AccessChanges();
    const told: (AccessChange | undefined)[] = [];
    changes.on((change) => told.push(change));
    const sut = new AccessNotices(
      changes,
      { url: database.url } as DatabaseConfig,
      { whenConnected: () => Promise.resolve(true) } as DatabaseConnector,
      { query } as unknown as Database,
      { processTag: '0123abcd' } as RuntimeConfig,
    );
    started.push(sut);
    sut.onApplicationBootstrap();
    return { sut, told };
  }

  const notify = (text: string): Promise<unknown> => database.query(`SELECT pg_notify('zakops_auth', $1)`, [text]);
  const connections = async (): Promise<number> =>
    (
      await database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'zakops-auth 0123abcd'`,
      )
    ).length;

  it('forgets everything when it begins to listen, and then passes on each change', async () => {
    const { sut, told } = start();
    await waitFor('it to listen', () => sut.isListening);
    expect(told).toEqual([undefined]);
    await notify(`session:${ID}`);
    await notify(`operator:${ID}`);
    await waitFor('both', () => told.length === 3);
    expect(told.slice(1)).toEqual([
      { kind: 'session', id: ID },
      { kind: 'operator', id: ID },
    ]);
  });

  it('takes no notice of what is none of ours', async () => {
    const { sut, told } = start();
    await waitFor('it to listen', () => sut.isListening);
    for (const text of ['', 'session:', `deal:${ID}`, `session:${ID}; DROP`, 'echo:somebody']) await notify(text);
    await notify(`api_key:${ID}`);
    await waitFor('the last one', () => told.length > 1);
    expect(told.slice(1)).toEqual([{ kind: 'api_key', id: ID }]);
  });

  it('gives its connection back where notices do not arrive, as behind a pooler in transaction mode', async () => {
    let asked = 0;
    const { sut, told } = start(() => {
      asked += 1;
      return Promise.resolve([]);
    });
    await waitFor('the echo to be asked for', () => asked === 1);
    await waitFor('the connection to be given back', async () => (await connections()) === 0);
    expect([sut.isListening, told]).toEqual([false, []]);
  });

  it('stops while it waits for its echo', async () => {
    let asked = 0;
    const { setTimeout: realTimeout } = globalThis;
    // No limit of time ever passes: only the stop itself can end the wait.
    const timers = jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((work: () => void, ms = 0) => realTimeout(ms === 0 ? work : () => undefined, 0));
    try {
      const { sut } = start(() => {
        asked += 1;
        return Promise.resolve([]);
      });
      await waitFor('the echo to be asked for', () => asked === 1);
      await sut.onApplicationShutdown();
    } finally {
      timers.mockRestore();
    }
    await waitFor('the connection to be given back', async () => (await connections()) === 0);
  });
});
