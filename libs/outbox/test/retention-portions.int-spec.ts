import { waitFor } from '#zakops/testing';
import { Leadership } from '../src/lease/leadership.js';
import { Retention } from '../src/retention/retention.js';
import { OutboxTestbed } from './outbox-testbed.js';

const MOST_ROWS = 5_000;
const EVENTS = 12_000;
const TICKETS = 6_000;
const ATTEMPTS_PER_TICKET = 2;
/** A timer of Node.js may fire so much early. */
const TIMER_MS = 1;

const TABLES = ['events', 'event_log', 'outbox_tickets', 'outbox_attempts', 'outbox_history', 'inbox'];

/** Notes of each statement that removes rows how many, in which transaction, and when. */
const NOTE_PURGES = `
  CREATE TABLE purges (n bigserial, of_table text, removed int, begun_at timestamptz, ended_at timestamptz);
  CREATE FUNCTION note_purge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO public.purges (of_table, removed, begun_at, ended_at)
    SELECT TG_TABLE_NAME, count(*), now(), clock_timestamp() FROM gone HAVING count(*) > 0;
    RETURN NULL;
  END $$;
  ${TABLES.map(
    (table) =>
      `CREATE TRIGGER note_purge AFTER DELETE ON zakops.${table} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_purge();`,
  ).join('\n')}`;

const OVERDUE = `
  WITH given AS (
    SELECT gen_random_uuid() AS id, n FROM generate_series(1, ${String(EVENTS)}) n
  ), e AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
    SELECT id, 'deal.updated', 1, 'deal', 'D', n, '{}', 'c', 'system:test' FROM given
  ), l AS (
    INSERT INTO zakops.event_log (position, event_id, published_at) SELECT n, id, now() - interval '40 days' FROM given
  ), h AS (
    INSERT INTO zakops.outbox_history (event_id, consumer, ordinal, event_type, stream, status, delivered_at)
    SELECT gen_random_uuid(), 'one', n, 'deal.updated', n, 'delivered', now() - interval '8 days' FROM given
  ), i AS (
    INSERT INTO zakops.inbox (consumer, event_id, processed_at) SELECT 'one', gen_random_uuid(), now() - interval '8 days' FROM given
  ), t AS (
    INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, delivered_at)
    SELECT gen_random_uuid(), 'one', n, 'deal.updated', n, 'delivered', ${String(ATTEMPTS_PER_TICKET)}, now() - interval '8 days'
      FROM generate_series(1, ${String(TICKETS)}) n
    RETURNING event_id
  )
  INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
  SELECT event_id, 'one', 0, a, now() - interval '31 days', 1, 'handler_error', 'x' FROM t CROSS JOIN generate_series(1, ${String(ATTEMPTS_PER_TICKET)}) a`;

describe('portions of retention', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });
  afterEach(() => bed.dispose());

  it('remove at most 5,000 rows by one statement, and leave a pause as long as they took', async () => {
    await bed.database.query(OVERDUE);
    await bed.database.query('UPDATE zakops.event_log_head SET position = zakops.log_position()');
    await bed.database.query(NOTE_PURGES);
    const worker = await bed.start({ relay: true, env: { EVENTS_RETENTION_DAYS: '30' } });
    await waitFor('the lease', () => worker.get(Leadership).fence !== undefined);
    await worker.get(Retention).run(() => false);

    const purges = await bed.database.query<{ of: string; removed: number; tookMs: number; begunMs: number; endedMs: number }>(
      `SELECT of_table AS of, removed, extract(epoch FROM ended_at - begun_at)::float * 1000 AS "tookMs",
              extract(epoch FROM begun_at)::float * 1000 AS "begunMs", extract(epoch FROM ended_at)::float * 1000 AS "endedMs"
         FROM purges ORDER BY n`,
    );
    const portions = (table: string): number[] => purges.filter(({ of }) => of === table).map(({ removed }) => removed);
    // The last position stays, so that the next one is not given twice.
    expect(Object.fromEntries(TABLES.map((table) => [table, portions(table)]))).toEqual({
      events: [MOST_ROWS, MOST_ROWS, EVENTS - 2 * MOST_ROWS - 1],
      event_log: [MOST_ROWS, MOST_ROWS, EVENTS - 2 * MOST_ROWS - 1],
      outbox_tickets: [MOST_ROWS, TICKETS - MOST_ROWS],
      outbox_attempts: [MOST_ROWS, MOST_ROWS, TICKETS * ATTEMPTS_PER_TICKET - 2 * MOST_ROWS],
      outbox_history: [MOST_ROWS, MOST_ROWS, EVENTS - 2 * MOST_ROWS],
      inbox: [MOST_ROWS, MOST_ROWS, EVENTS - 2 * MOST_ROWS],
    });

    for (const table of TABLES) {
      const of = purges.filter((purge) => purge.of === table);
      for (const [n, { tookMs, endedMs }] of of.entries()) {
        const next = of[n + 1];
        // The worker has waited at least as long as the server has worked; its own time is a bit longer.
        if (next !== undefined) expect(next.begunMs - endedMs).toBeGreaterThanOrEqual(tookMs - TIMER_MS);
      }
    }
  });
});
