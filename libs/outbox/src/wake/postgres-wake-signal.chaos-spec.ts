import type { RuntimeConfig } from '#zakops/config';
import type { Database, DatabaseConfig, DatabaseConnector } from '#zakops/database';
import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { OutboxConfig } from '../outbox.config.js';
import { PostgresWakeSignal } from './postgres-wake-signal.js';
import { OUTBOX_CHANNEL } from './wake-signal.js';

/** Stands between client and server, and can fall silent on the connections it has: no data, no goodbye. */
class SilentProxy {
  readonly #pairs: [Socket, Socket][] = [];
  #server: Server | undefined;

  async start(host: string, port: number): Promise<number> {
    const server = createServer((client) => {
      const upstream = connect(port, host);
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
      this.#pairs.push([client, upstream]);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.length;
  }

  fallSilent(): void {
    for (const [client, upstream] of this.#pairs) {
      client.unpipe(upstream);
      upstream.unpipe(client);
      client.pause();
      upstream.pause();
    }
  }

  stop(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server?.close();
  }
}

describe(PostgresWakeSignal.name, () => {
  let database: TestDatabase;
  let proxy: SilentProxy;
  let sut: PostgresWakeSignal;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = new SilentProxy();
    const url = new URL(database.url);
    url.port = String(await proxy.start(url.hostname, Number(url.port)));
    url.hostname = '127.0.0.1';
    sut = new PostgresWakeSignal(
      { wake: 'auto' } as OutboxConfig,
      { url: url.href } as DatabaseConfig,
      { whenConnected: () => Promise.resolve(true) } as DatabaseConnector,
      { query: (sql: string, parameters: readonly unknown[]) => database.query(sql, parameters) } as unknown as Database,
      { processTag: '0123abcd' } as RuntimeConfig,
    );
  });

  afterEach(async () => {
    proxy.stop();
    await sut.onApplicationShutdown();
    await database.drop();
  });

  it('listens again soon after its connection has gone silent, and hears what comes then', async () => {
    let heard = 0;
    sut.on(OUTBOX_CHANNEL, () => (heard += 1));
    sut.onApplicationBootstrap();
    await waitFor('the first connection', () => sut.mode === 'listen');
    proxy.fallSilent();
    await waitFor('another connection', () => proxy.connections === 2 && sut.mode === 'listen', 30_000);
    const before = heard;
    await database.query(`SELECT pg_notify('${OUTBOX_CHANNEL}', '')`);
    await waitFor('the notice', () => heard > before);
  }, 60_000);

  it('polls when its own notices do not come back, as behind a pooler in transaction mode', async () => {
    // A pooler gives LISTEN to one server connection and the client the next time another one: notices are lost on the way.
    sut = new PostgresWakeSignal(
      { wake: 'auto' } as OutboxConfig,
      { url: database.url } as DatabaseConfig,
      { whenConnected: () => Promise.resolve(true) } as DatabaseConnector,
      { query: () => Promise.resolve([]) } as unknown as Database,
      { processTag: '0123abcd' } as RuntimeConfig,
    );
    const modes = new Set<string>();
    const connections = async (): Promise<number> => {
      modes.add(sut.mode);
      const sessions = await database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'zakops-wake 0123abcd'`,
      );
      return sessions.length;
    };
    sut.onApplicationBootstrap();
    await waitFor('the first check', async () => (await connections()) === 1);
    await waitFor('its end', async () => (await connections()) === 0);
    expect([...modes]).toEqual(['poll']);
  });

  it('stops although its connection has gone silent', async () => {
    sut.onApplicationBootstrap();
    await waitFor('the first connection', () => sut.mode === 'listen');
    proxy.fallSilent();
    // An answer of that connection would never come, and the test would run out of time.
    await sut.onApplicationShutdown();
    expect(sut.mode).toBe('poll');
  });
});
