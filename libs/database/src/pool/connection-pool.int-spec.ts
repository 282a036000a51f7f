import { createTestDatabase, TcpProxy, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../data-source-options.js';
import { Database } from '../database.js';
import { ConnectionPool } from './connection-pool.js';

// Twice the two seconds that a goodbye may take, and room.
const CLOSE_LIMIT_MS = 8_000;

describe(ConnectionPool.name, () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let dataSource: DataSource;
  let sut: ConnectionPool;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.before(database.url);
    dataSource = await new DataSource(dataSourceOptions({ url: proxy.url, poolSize: 3 }, 'closing')).initialize();
    sut = new ConnectionPool(dataSource);
    const read = new Database(sut);
    await Promise.all([1, 2, 3].map((n) => read.query(`SELECT pg_sleep(0.05), ${String(n)}`)));
  });

  afterEach(async () => {
    await proxy.close();
    await database.drop();
  });

  const closeInTime = async (): Promise<void> => {
    const startedAt = performance.now();
    await sut.close();
    expect(performance.now() - startedAt).toBeLessThan(CLOSE_LIMIT_MS);
  };

  const none = (): Promise<unknown> => waitFor('the connections to be gone', () => proxy.connections === 0);

  it('closes', async () => {
    await closeInTime();
    await none();
  });

  it('closes although its connections are silent', async () => {
    proxy.silence();
    await closeInTime();
  });

  it('closes although somebody never gives a connection back', async () => {
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const { master } = dataSource.driver as unknown as { readonly master: { connect(): Promise<unknown> } };
    await master.connect();
    await closeInTime();
    await none();
  });

  it('counts a connection that came back in good order, and no other', async () => {
    const served = sut.served;
    await sut.ping(1_000);
    expect(sut.served).toBe(served + 1);
    proxy.silence();
    await expect(sut.ping(200)).rejects.toThrow('Query read timeout');
    expect(sut.served).toBe(served + 1);
    await sut.close();
  });
});
