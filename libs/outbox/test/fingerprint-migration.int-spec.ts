import { migrate } from '#zakops/database';
import { createTestDatabase } from '#zakops/testing';
import { FailureFingerprints0000000000028 } from '../../../migrations/0028-failure-fingerprints.js';
import { MIGRATIONS } from '../../../migrations/index.js';

/** More than two portions of dead letters in ten kinds, a failed ticket, and two that have not failed. */
const STORED = `
  INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, reason_code, last_error)
  SELECT gen_random_uuid(), 'consumer-' || n % 10, n, 'deal.updated', n,
         CASE n WHEN 1 THEN 'failed' WHEN 2 THEN 'pending' WHEN 3 THEN 'delivered' ELSE 'dead' END, 'handler_error', 'No deal ' || n
    FROM generate_series(1, 4500) n`;

const COUNTS = `
  SELECT status, count(*)::int AS n, count(DISTINCT fingerprint)::int AS kinds FROM zakops.outbox_tickets GROUP BY 1 ORDER BY 1`;

const FILLED = [
  { status: 'dead', n: 4_497, kinds: 10 },
  { status: 'delivered', n: 1, kinds: 0 },
  { status: 'failed', n: 1, kinds: 1 },
  { status: 'pending', n: 1, kinds: 0 },
];

describe(FailureFingerprints0000000000028.name, () => {
  it('groups what failed before it, and can be repeated when it was cut off', async () => {
    const database = await createTestDatabase({ empty: true });
    try {
      const before = MIGRATIONS.indexOf(FailureFingerprints0000000000028);
      await migrate(database.ownerUrl, MIGRATIONS.slice(0, before));
      await database.query(STORED);
      await migrate(database.ownerUrl, MIGRATIONS.slice(0, before + 1));
      expect(await database.query(COUNTS)).toEqual(FILLED);

      // As if it had ended behind the first portion, before its index.
      await database.query('DROP INDEX zakops.outbox_tickets_fingerprint_idx');
      await database.query('ALTER TABLE zakops.outbox_tickets DISABLE TRIGGER outbox_tickets_fingerprint');
      await database.query('UPDATE zakops.outbox_tickets SET fingerprint = NULL WHERE ordinal > 2000');
      await database.query('ALTER TABLE zakops.outbox_tickets ENABLE TRIGGER outbox_tickets_fingerprint');
      const runner = { query: (sql: string) => database.query(sql) };
      await new FailureFingerprints0000000000028().up(runner as never);
      expect(await database.query(COUNTS)).toEqual(FILLED);
      expect(
        await database.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'zakops.outbox_tickets_fingerprint_idx'::regclass`),
      ).toEqual([{ indisvalid: true }]);
    } finally {
      await database.drop();
    }
  });
});
