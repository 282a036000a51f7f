import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { READ_OUTBOX_STATS } from '../src/stats/outbox-stats.reader.js';

/** A node of a plan that was carried out. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

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

  async function nodes(): Promise<PlanNode[]> {
    const [row] = await database.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${READ_OUTBOX_STATS}`,
    );
    const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
    return (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => flat(Plan));
  }

  it.each([
    ['as they are when the table was never analysed', undefined],
    ['of today', 'ANALYZE zakops.outbox_tickets, zakops.event_log'],
  ])('read live tickets by their index and no delivered one, by statistics %s', async (_when, analyse) => {
    if (analyse !== undefined) await database.query(analyse);
    const plan = await nodes();
    const live = LIVE.pending + LIVE.failed + LIVE.processing + LIVE.dead;
    const read = (table: string): number =>
      plan
        .filter((node) => node['Relation Name'] === table)
        .reduce((sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'], 0);
    expect(read('outbox_tickets')).toBe(live);
    // The last position, and the first one that the consumer has not reached.
    expect(read('event_log')).toBe(2);
  });
});
