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

const DELIVERED = 100_000;
const LIVE = { pending: 300, failed: 40, processing: 30, dead: 60 };

describe('the statistics of the outbox', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(
      `INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, ordinal, delivered_at)
       SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN 'log' ELSE 'one' END, 'deal.updated', n % 500, 'delivered', n, now()
         FROM generate_series(1, $1::int) n`,
      [DELIVERED],
    );
    await database.query(
      `INSERT INTO zakops.event_log (position, event_id) SELECT n, gen_random_uuid() FROM generate_series(1, $1::int) n`,
      [DELIVERED],
    );
    for (const [status, count] of Object.entries(LIVE)) {
      await database.query(
        `INSERT INTO zakops.outbox (event_id, consumer, event_type, stream, status, ordinal, due_at)
         SELECT gen_random_uuid(), 'one', 'deal.updated', n, $1, n, now() + CASE $1 WHEN 'failed' THEN interval '1 minute' ELSE '-1 s' END
           FROM generate_series(1, $2::int) n`,
        [status, count],
      );
    }
    await database.query(`INSERT INTO zakops.consumer_progress VALUES ('one', $1, now())`, [DELIVERED / 2]);
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
    ['of today', 'ANALYZE zakops.outbox, zakops.event_log'],
  ])('read live tickets through the partial indexes and no delivered one, by statistics %s', async (_when, analyse) => {
    if (analyse !== undefined) await database.query(analyse);
    const plan = await nodes();
    const live = LIVE.pending + LIVE.failed + LIVE.processing + LIVE.dead;
    const ofOutbox = plan.filter((node) => node['Relation Name'] === 'outbox' || node['Index Name']?.startsWith('outbox_') === true);
    expect(ofOutbox.filter((node) => node['Index Name'] === undefined && node['Node Type'] !== 'Bitmap Heap Scan')).toEqual([]);
    const rows = await database.query<{ name: string }>(
      `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'zakops.outbox'::regclass AND indpred IS NOT NULL`,
    );
    const partial = new Set(rows.map(({ name }) => name.replace('zakops.', '')));
    const used = new Set(ofOutbox.flatMap((node) => node['Index Name'] ?? []));
    expect([...used].filter((index) => !partial.has(index))).toEqual([]);
    expect(used.size).toBeGreaterThanOrEqual(3);
    // Each live ticket is looked at a few times, whatever was ever delivered.
    const read = (of: readonly PlanNode[]): number =>
      of.reduce((sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'], 0);
    expect(read(ofOutbox)).toBeLessThanOrEqual(3 * live);
    expect(read(plan.filter((node) => node['Relation Name'] === 'event_log'))).toBe(1);
  });
});
