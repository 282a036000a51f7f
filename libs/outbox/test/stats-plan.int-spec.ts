import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { READ_OUTBOX_STATS } from '../src/stats/outbox-stats.reader.js';
import { rowsRead } from './rows-read.js';

const PUBLISHED = 100_000;
const LIVE = { pending: 300, failed: 40, processing: 30, dead: 60 };
const DELIVERED_TICKETS = 20_000;

describe('the statistics of the outbox', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(
      `INSERT INTO zakops.event_log (position, event_id) SELECT n, gen_random_uuid() FROM generate_series(1, $1::int) n`,
      [PUBLISHED],
    );
    for (const [status, count] of Object.entries({ ...LIVE, delivered: DELIVERED_TICKETS })) {
      await database.query(
        `INSERT INTO zakops.outbox_tickets (event_id, consumer, event_type, stream, status, ordinal, due_at)
         SELECT gen_random_uuid(), 'one', 'deal.updated', n, $1, n, now() + CASE $1 WHEN 'failed' THEN interval '1 minute' ELSE '-1 s' END
           FROM generate_series(1, $2::int) n`,
        [status, count],
      );
    }
    await database.query(
      `INSERT INTO zakops.consumer_progress (consumer, delivered, position, pattern, state, by_tickets) VALUES ('one', $1, $1, '^deal', 'active', false)`,
      [PUBLISHED / 2],
    );
  });
  afterAll(() => database.drop());

  it.each([
    ['as they are when the table was never analysed', undefined],
    ['of today', 'ANALYZE zakops.outbox_tickets, zakops.event_log'],
  ])('read live tickets by their index and no delivered one, by statistics %s', async (_when, analyse) => {
    if (analyse !== undefined) await database.query(analyse);
    const client = await database.connect();
    const read = await rowsRead(client, READ_OUTBOX_STATS);
    await client.end();
    const live = LIVE.pending + LIVE.failed + LIVE.processing + LIVE.dead;
    expect(read('outbox_tickets')).toBe(live);
    // The last position, and the first one that the consumer has not reached.
    expect(read('event_log')).toBe(2);
  });
});
