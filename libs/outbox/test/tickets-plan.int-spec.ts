import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { FIND_ONE, IN_INDEX_ORDER, ticketPage, tryPortion, TRY_PORTION } from '../src/ticket-admin/ticket-statements.js';
import type { Sql } from '../src/ticket-admin/ticket-statements.js';
import { rowsRead } from './rows-read.js';

const STREAMS = 20_000;
const PER_STREAM = 5;
const PAGE = 51;

describe('the list of 100,000 open tickets', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    // As on the day when everything fails: the first of each aggregate failed, the others stand behind it; nothing was analysed.
    await database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, event_type, stream, status, ordinal, due_at, first_failed_at, last_attempt_at)
       SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'one' ELSE 'two' END, CASE n WHEN 99990 THEN 'deal.archived' ELSE 'deal.updated' END,
              zakops.stream_of('deal', 'DEAL-' || n % $1), CASE WHEN n < $1 THEN 'failed' ELSE 'pending' END, n + 1,
              CASE WHEN n < $1 THEN now() + interval '1 minute' END, CASE WHEN n < $1 THEN now() END, CASE WHEN n < $1 THEN now() END
         FROM generate_series(0, $1 * $2::int - 1) n`,
      [STREAMS, PER_STREAM],
    );
    await database.query(
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT event_id, event_type, 1, 'deal', 'DEAL-' || stream, ordinal, '{}', 'c', 'system:test' FROM zakops.outbox_tickets`,
    );
    await database.query(
      `INSERT INTO zakops.consumer_progress (consumer, state, pattern, by_tickets) VALUES ('one', 'active', '^deal', false), ('two', 'active', '^deal', false)`,
    );
  }, 60_000);
  afterAll(() => database.drop());

  async function readOf({ text, parameters }: Sql): Promise<number> {
    const client = await database.connect();
    try {
      await client.query('BEGIN');
      await client.query(IN_INDEX_ORDER);
      const read = await rowsRead(client, text, parameters);
      return read('outbox_tickets');
    } finally {
      await client.query('ROLLBACK');
      await client.end();
    }
  }

  const idOf = async (where: string): Promise<string> => {
    const [row] = await database.query<{ id: string }>(
      `SELECT zakops.ticket_id(event_id, consumer) AS id FROM zakops.outbox_tickets WHERE ${where} ORDER BY ordinal LIMIT 1`,
    );
    if (row === undefined) throw new Error(`There is no ticket ${where}.`);
    return row.id;
  };

  describe.each([
    ['that were never gathered', undefined],
    ['of today', 'ANALYZE zakops.outbox_tickets, zakops.events, zakops.consumer_progress'],
  ])('by statistics %s', (_when, analyse) => {
    beforeAll(async () => {
      if (analyse !== undefined) await database.query(analyse);
    });

    // For each of two consumers and three states a page; then the ticket again, and the one that it stands behind.
    const MOST = 2 * 2 * PAGE + 2 * PAGE + 1;

    it.each([
      ['all', {}],
      ['one state', { status: 'failed' }],
      ['one consumer', { consumer: 'two', status: 'pending' }],
      ['one rare type of event', { eventType: 'deal.archived' }],
      ['one aggregate', { aggregateId: 'DEAL-7' }],
    ] as const)('reads a page of %s and little more', async (_what, filter) => {
      expect(await readOf(ticketPage(filter, PAGE, undefined))).toBeLessThanOrEqual(MOST);
      expect(await readOf(ticketPage(filter, PAGE, { position: '90000', consumer: 'one' }))).toBeLessThanOrEqual(MOST);
    });

    it('reads what stands behind a ticket by its aggregate', async () => {
      const waitsFor = await idOf(`status = 'failed'`);
      expect(await readOf(ticketPage({ waitsFor }, PAGE, undefined))).toBeLessThanOrEqual(20);
    });

    it('reads a page of what a pause of all stops', async () => {
      const [pause] = await database.query<{ id: string }>(
        `INSERT INTO zakops.delivery_pauses (id, scope, reason, paused_by, ends_at)
         VALUES (gen_random_uuid(), 'all', 'a repair', 'system:test', now() + interval '1 hour') RETURNING id`,
      );
      // Beside a page of each consumer: whether something comes before the ticket.
      expect(await readOf(ticketPage({ pause: String(pause?.id), status: 'failed' }, PAGE, undefined))).toBeLessThanOrEqual(2 * MOST);
      await database.query('DELETE FROM zakops.delivery_pauses');
    });

    it('finds a ticket by its id', async () => {
      expect(await readOf({ text: FIND_ONE, parameters: [await idOf(`status = 'pending'`)] })).toBe(1);
    });

    it('makes a portion due without a look at the others', async () => {
      // Seen, first of its aggregate, locked, changed.
      expect(await readOf(tryPortion({}, undefined))).toBeLessThanOrEqual(5 * TRY_PORTION);
      expect(await readOf(tryPortion({}, { consumer: 'one', position: '15000' }))).toBeLessThanOrEqual(5 * TRY_PORTION);
    });
  });
});
