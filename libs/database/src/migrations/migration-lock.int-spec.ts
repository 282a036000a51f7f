import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { withMigrationLock } from './migration-lock.js';

describe(withMigrationLock.name, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('does not stand in the way of an index that its own migration builds while others write', async () => {
    await withMigrationLock(database.ownerUrl, 1_000, async () => {
      const client = await database.connect();
      try {
        await client.query(`SET statement_timeout = '10s'`);
        await client.query('CREATE INDEX CONCURRENTLY events_probe_idx ON zakops.events (type)');
      } finally {
        await client.end();
      }
    });

    expect(await database.query(`SELECT to_regclass('zakops.events_probe_idx') IS NOT NULL AS built`)).toEqual([{ built: true }]);
  });
});
