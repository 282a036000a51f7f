import { loadConfig } from '#zakops/config';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type pg from 'pg';
import { OutboxConfig } from '../src/index.js';
import { PUBLISH } from '../src/publish/publish-statement.js';
import { expiringTables, lagStatement } from '../src/retention/retention-lag.reader.js';
import { BY_INDEX_ORDER, PURGE_DELIVERED } from '../src/retention/retention-statements.js';
import { DUE, STREAMS } from '../src/tickets/ticket-statements.js';
import { rowsRead } from './rows-read.js';

const DELIVERED = 60_000;
const LOG = 40_000;
const OPEN = 300;
const WAITING = 200;
const DEAD_ATTEMPTS = 5_000;
const NEVER_DEAD = '^none$';

const GROWN = `
  WITH log AS (
    INSERT INTO zakops.event_log (position, event_id) SELECT n, gen_random_uuid() FROM generate_series(1, ${String(LOG)}) n
    RETURNING position, event_id
  ), published AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
    SELECT event_id, 'deal.updated', 1, 'deal', 'P-' || position % 1000, position, '{}', 'c', 'system:test' FROM log
  ), head AS (
    UPDATE zakops.event_log_head SET position = ${String(LOG)}, fence = 1
  ), delivered AS (
    INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, delivered_at)
    SELECT gen_random_uuid(), 'one', n, 'deal.updated', n % 1000, 'delivered', 2, now(), now() - (n % 6) * interval '1 day'
      FROM generate_series(1, ${String(DELIVERED)}) n
  ), events AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
    SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'D-' || n, 1, '{}', 'c', 'system:test' FROM generate_series(1, ${String(OPEN + WAITING)}) n
    RETURNING id, aggregate_type, aggregate_id
  ), numbered AS (
    SELECT id, zakops.stream_of(aggregate_type, aggregate_id) AS stream, row_number() OVER () AS n FROM events
  ), open AS (
    INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, first_failed_at)
    SELECT id, 'one', ${String(LOG)} + n, 'deal.updated', stream, 'failed', 1, now(), now() FROM numbered WHERE n <= ${String(OPEN)}
  ), attempts AS (
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
    SELECT id, 'one', a, 1, now(), 1, 'handler_error', 'x' FROM numbered CROSS JOIN generate_series(1, ${String(DEAD_ATTEMPTS / OPEN)}) a WHERE n <= ${String(OPEN)}
  ), consumer AS (
    INSERT INTO zakops.consumer_progress (consumer, state, pattern, position, by_tickets) VALUES ('one', 'active', '^deal', ${String(LOG)}, false)
  )
  INSERT INTO zakops.outbox_waiting (event_id, stream) SELECT id, stream FROM numbered WHERE n > ${String(OPEN)}`;

describe('beside many delivered tickets and a long log', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const table of ['outbox_tickets', 'outbox_attempts', 'outbox_waiting', 'event_log', 'events']) {
      await database.query(`ALTER TABLE zakops.${table} SET (autovacuum_enabled = off)`);
    }
    await database.query(GROWN);
    client = await database.connect();
    // As the stores do.
    await client.query('SET enable_seqscan = off');
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  describe.each([
    ['that were never gathered', undefined],
    ['of today', 'ANALYZE zakops.outbox_tickets, zakops.outbox_attempts, zakops.outbox_waiting, zakops.event_log, zakops.events'],
  ])('by statistics %s', (_when, analyse) => {
    beforeAll(async () => {
      if (analyse !== undefined) await database.query(analyse);
    });

    it('the claim of due tickets reads open tickets only', async () => {
      const read = await rowsRead(client, DUE.text, ['one', '1', 100, NEVER_DEAD, 4_194_304]);
      expect(read('outbox_tickets')).toBeGreaterThan(0);
      // A few looks for each of 100: as due, as the first of its stream, for its lock, and for dead ones before it.
      expect(read('outbox_tickets')).toBeLessThanOrEqual(5 * 100);
      expect(read('events')).toBeLessThanOrEqual(2 * 100);
    });

    it('the look for tickets of streams reads two rows a stream at most', async () => {
      const ids = Array.from({ length: 100 }, (_, n) => `D-${String(n + 1)}`);
      const read = await rowsRead(client, STREAMS.text, ['one', ids.map(() => 'deal'), ids, NEVER_DEAD]);
      expect(read('outbox_tickets')).toBeLessThanOrEqual(2 * ids.length);
    });

    it('publishing reads what waits and nothing of the log', async () => {
      await client.query('BEGIN');
      const read = await rowsRead(client, PUBLISH.anywhere.text, ['1', 100, 0, '']);
      await client.query('ROLLBACK');
      expect(read('event_log')).toBe(0);
      expect(read('outbox_waiting')).toBeLessThanOrEqual(4 * 100);
    });

    it('retention reads nothing that stays, and of what goes only its portion', async () => {
      expect((await rowsRead(client, PURGE_DELIVERED, [7, 1_000]))('outbox_tickets')).toBe(0);
      await client.query('BEGIN');
      await client.query(BY_INDEX_ORDER.text);
      const read = await rowsRead(client, PURGE_DELIVERED, [3, 1_000]);
      await client.query('ROLLBACK');
      expect(read('outbox_tickets')).toBe(2 * 1_000);
    });

    it('the lag of retention is found at the ends of indexes', async () => {
      const tables = expiringTables(loadConfig([OutboxConfig], {}).get(OutboxConfig));
      const read = await rowsRead(
        client,
        lagStatement(tables),
        tables.map(({ days }) => days),
      );
      expect(read('event_log')).toBe(1);
      expect(read('outbox_attempts')).toBe(500);
      // The oldest delivered one, and for each attempt its ticket.
      expect(read('outbox_tickets')).toBeLessThanOrEqual(501);
    });
  });
});
