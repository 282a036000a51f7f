import { DatabaseConnector } from '#zakops/database';
import { createTestDatabase } from '#zakops/testing';
import { performance } from 'node:perf_hooks';
import { failInMass } from './mass-failure.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';

const GROUPS = '/api/admin/dlq/groups';

interface Groups {
  readonly groups: readonly { readonly count: number; readonly aggregates: number }[];
  readonly total: number;
  readonly dead_letters: number;
}

describe('the groups of a mass failure', () => {
  // The statistics of the database know of no dead letter at that moment.
  it.each([
    [
      'in ten groups',
      'ordinal % 10',
      { total: 10, dead_letters: 50_000, groups: Array.from({ length: 10 }, () => ({ count: 5_000, aggregates: 250 })) },
    ],
    ['each of a kind of its own', 'ordinal', { total: 50_000, dead_letters: 50_000 }],
  ])('are counted in a moment, right after 50,000 deliveries have died: %s', async (_how, kind, expected) => {
    const database = await createTestDatabase();
    const api = await startOperationsApi(database.url);
    try {
      await api.app.get(DatabaseConnector).whenConnected();
      await failInMass(database, 50_000, 2_500);
      await database.query(`UPDATE zakops.outbox_tickets SET fingerprint = 'fp1:' || lpad(to_hex(${kind}), 16, '0') WHERE status = 'dead'`);
      expect((await api.get(GROUPS)).status).toBe(200);
      const startedAt = performance.now();
      const { body } = await api.get<Groups>(GROUPS);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect(body).toMatchObject(expected);
    } finally {
      await api.close();
      await database.drop();
    }
  });
});
