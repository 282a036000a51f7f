import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { STREAMS } from '../src/tickets/ticket-statements.js';
import { rowsRead } from './rows-read.js';

const DEAD = 20_000;
const STREAMS_OF_A_BATCH = 50;

describe('the look at what tickets say about the aggregates of a batch', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(
      `INSERT INTO zakops.outbox_tickets (event_id, consumer, event_type, stream, status, ordinal, due_at)
       SELECT gen_random_uuid(), 'one', 'deal.updated', zakops.stream_of('deal', 'DEAL-' || n), 'dead', n, NULL FROM generate_series(1, $1::int) n`,
      [DEAD],
    );
  });
  afterAll(() => database.drop());

  it.each([
    ['that were never gathered', undefined],
    ['of today', 'ANALYZE zakops.outbox_tickets'],
  ])('reads tickets of these aggregates alone, by statistics %s', async (_when, analyse) => {
    if (analyse !== undefined) await database.query(analyse);
    const client = await database.connect();
    try {
      await client.query('SET enable_seqscan = off');
      const ids = Array.from({ length: STREAMS_OF_A_BATCH }, (_, n) => `DEAL-${String(n + 1)}`);
      const read = await rowsRead(client, STREAMS.text, ['one', ids.map(() => 'deal'), ids, null]);
      // Each has one dead ticket: it is found, and it is no open one.
      expect(read('outbox_tickets')).toBe(2 * STREAMS_OF_A_BATCH);
    } finally {
      await client.end();
    }
  });
});
