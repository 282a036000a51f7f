import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { EventLog } from '../src/index.js';
import { READ_LOG } from '../src/log/postgres-event-log.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { OutboxTestbed } from './outbox-testbed.js';

const KIB = 1_024;

/** SQL that publishes events without a worker: `data` is an expression of `n`. */
function publish(data: string, dataBytes = 'NULL'): string {
  return `
    WITH made AS (
      INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor, data_bytes)
      SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'DEAL-' || lpad((n % 1000)::text, 6, '0'), n, ${data}, 'test', 'user:test', ${dataBytes}
        FROM generate_series(1, $1::int) n
      RETURNING id, aggregate_seq
    )
    INSERT INTO zakops.event_log (position, event_id) SELECT aggregate_seq, id FROM made`;
}

describe(EventLog.name, () => {
  let bed: OutboxTestbed;
  let reader: OutboxProcess;
  beforeEach(async () => {
    bed = await OutboxTestbed.create();
    reader = await bed.start({ relay: false });
  });
  afterEach(() => bed.dispose());

  const positions = async (after: number, maxEvents: number, maxBytes: number): Promise<number[]> =>
    (await reader.get(EventLog).read(after, { maxEvents, maxBytes })).map(({ position }) => position);

  it.each([
    ['compressed', `jsonb_build_object('text', repeat('x', ${String(100 * KIB)}))`],
    ['escaped', `jsonb_build_object('text', repeat(chr(1), 17100))`],
    ['full of numbers with all their digits', `(SELECT jsonb_agg(1e300::numeric) FROM generate_series(1, 340) WHERE n > 0)`],
  ])('reads no more than the bytes that leave the server, of payloads that are %s', async (_form, data) => {
    await bed.database.query(publish(data), [20]);
    expect(await positions(0, 500, 250 * KIB)).toEqual([1, 2, 3]);
    expect(await positions(3, 500, 250 * KIB)).toEqual([4, 5, 6]);
    expect(await positions(18, 500, 250 * KIB)).toEqual([19, 20]);
    expect(await positions(20, 500, 250 * KIB)).toEqual([]);
  });

  it('reads one event however large it is, and no more events than asked for', async () => {
    await bed.database.query(publish(`jsonb_build_object('text', repeat('x', ${String(100 * KIB)}))`), [20]);
    expect(await positions(4, 500, 1)).toEqual([5]);
    expect(await positions(4, 2, 100_000 * KIB)).toEqual([5, 6]);
  });

  it('notes the length of a payload when it is appended, as the server sends it', async () => {
    await reader.append(bed.event(1), bed.event(2));
    expect(await bed.database.query('SELECT count(*)::int AS n FROM zakops.events WHERE data_bytes = octet_length(data::text)')).toEqual([
      { n: 2 },
    ]);
  });

  it('follows in batches of bounded bytes, without waiting for the next poll between them', async () => {
    await bed.database.query(publish(`jsonb_build_object('text', repeat('x', ${String(100 * KIB)}))`), [100]);
    const batches: number[] = [];
    let stop: (() => Promise<void>) | undefined;
    await new Promise<void>((resolve) => {
      let seen = 0;
      stop = reader.get(EventLog).follow(0, (events) => {
        batches.push(events.length);
        seen += events.length;
        if (seen === 100) resolve();
      });
    });
    await stop?.();
    expect(batches).toEqual([41, 41, 18]);
  });

  it('knows where it ends, and its name', async () => {
    const log = reader.get(EventLog);
    expect((await log.head()).position).toBe(0);
    await bed.database.query(publish(`'{}'`), [7]);
    const [row] = await bed.database.query<{ epoch: string }>('SELECT epoch FROM zakops.event_log_head');
    expect(await log.head()).toEqual({ position: 7, epoch: row?.epoch });
  });
});

describe('the statement that reads the log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.query(publish(`'{}'`, '2'), [100_000]);
  });
  afterAll(() => database.drop());

  it.each([
    ['that were never gathered', undefined],
    ['of today', 'ANALYZE zakops.events, zakops.event_log'],
  ])('walks both primary keys from the position, planned for any values by statistics %s', async (_when, analyse) => {
    if (analyse !== undefined) await database.query(analyse);
    const client = await database.connect();
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE read_log AS ${READ_LOG}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) EXECUTE read_log (50000, 500, 4194304)',
    );
    await client.end();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Nested Loop');
    expect(plan).toMatch(/Index Scan using event_log_pk .*rows=50[01]\b/);
    expect(plan).toMatch(/Index Scan using events_pk /);
    expect(plan).not.toMatch(/Seq Scan|Hash|Sort/);
  });
});
