import { Database } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { AuditedChangesReader } from '../src/timeseries/audited-changes.reader.js';
import { GetTimeseriesHandler } from '../src/timeseries/get-timeseries.handler.js';
import { GetTimeseries } from '../src/timeseries/get-timeseries.query.js';
import type { AskedTime, Timeseries } from '../src/timeseries/get-timeseries.query.js';
import { TimeseriesReader } from '../src/timeseries/timeseries.reader.js';

/** A whole hour that is over, in the last six. */
const HOUR = Math.floor(Date.now() / 3_600_000) * 3_600 - 7_200;

describe(GetTimeseriesHandler.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let sut: GetTimeseriesHandler;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startModules(database.url);
    sut = new GetTimeseriesHandler(new TimeseriesReader(app.get(Database)), new AuditedChangesReader(app.get(Database)));
  });
  beforeEach(() => database.query('TRUNCATE zakops.figure_samples'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const write = (at: number, system: object | null, added: object = {}, marks: object | null = null): Promise<unknown> =>
    database.query(
      `INSERT INTO zakops.figure_samples (tier, slot, bucket, system, added, marks)
       VALUES (0, ($1::bigint / 10 % 2160)::smallint, to_timestamp($1::bigint), $2, $3, $4)`,
      [at, system, added, marks],
    );
  const read = (series: readonly string[], time: AskedTime = { from: HOUR, to: HOUR + 60 }, points = 360): Promise<Timeseries> =>
    sut.execute(new GetTimeseries(series, time, points));
  const means = (answer: Timeseries, name: string): (number | null)[] => (answer.series.get(name) ?? []).map(({ mean }) => mean);

  it('gives a gauge as it is, a counter per second, and null where nobody sampled', async () => {
    await write(HOUR, { 'outbox.pending': 4, 'outbox.pending:crm': 1 }, { 'http.requests': 50 });
    await write(HOUR + 20, null, { 'http.requests': 5 });
    await write(HOUR + 30, { 'outbox.pending': 2 });

    const answer = await read(['outbox.pending', 'outbox.pending:crm', 'http.requests']);

    expect(answer.span).toMatchObject({ from: HOUR, stepSeconds: 10, bins: 6, isFine: true });
    expect(means(answer, 'outbox.pending')).toEqual([4, null, null, 2, null, null]);
    expect(means(answer, 'outbox.pending:crm')).toEqual([1, null, null, null, null, null]);
    // A process wrote, and no request came.
    expect(means(answer, 'http.requests')).toEqual([5, null, 0.5, 0, null, null]);
  });

  it('keeps the least and the greatest value of a bin, so that no peak is lost', async () => {
    for (let n = 0; n < 6; n += 1)
      await write(HOUR + n * 10, { 'outbox.oldest_due_age': n === 3 ? 90 : 1 }, { 'http.requests': n === 2 ? 100 : 0 });
    const answer = await read(['outbox.oldest_due_age', 'http.requests'], { from: HOUR, to: HOUR + 60 }, 2);
    expect(answer.span).toMatchObject({ stepSeconds: 60, bins: 1 });
    expect(answer.series.get('outbox.oldest_due_age')).toEqual([{ mean: 15.833, least: 1, greatest: 90 }]);
    expect(answer.series.get('http.requests')).toEqual([{ mean: 1.667, least: 0, greatest: 10 }]);
  });

  it('makes percentiles and ratios out of what all processes added', async () => {
    await write(HOUR, {}, { 'http.requests': 100, 'http.errors': 2, 'http.le_5': 90, 'http.le_50': 8, 'http.slower': 2 });
    const answer = await read(['http.p50_ms', 'http.p95_ms', 'http.p99_ms', 'http.error_ratio']);
    expect(['http.p50_ms', 'http.p95_ms', 'http.p99_ms', 'http.error_ratio'].map((name) => means(answer, name)[0])).toEqual([
      5, 50, 30_000, 0.02,
    ]);
    expect(means(answer, 'http.p95_ms')[1]).toBeNull();
  });

  it('reads five minutes for fourteen days, and what was not rolled up yet as it is', async () => {
    const day = HOUR - 86_400;
    await database.query(
      `INSERT INTO zakops.figure_samples (tier, slot, bucket, samples, system, added)
       VALUES (1, ($1::bigint / 300 % 4032)::smallint, to_timestamp($1::bigint), 30, '{"outbox.pending": [1, 4, 9, 2]}', '{"http.requests": [0, 600, 100]}')`,
      [day],
    );
    await write(HOUR, { 'outbox.pending': 8 }, { 'http.requests': 20 });

    const answer = await read(['outbox.pending', 'http.requests'], { from: day, to: HOUR + 300 }, 720);

    expect(answer.span).toMatchObject({ stepSeconds: 300, isFine: false });
    expect(answer.series.get('outbox.pending')?.[0]).toEqual({ mean: 4, least: 1, greatest: 9 });
    expect(answer.series.get('http.requests')?.[0]).toEqual({ mean: 2, least: 0, greatest: 10 });
    expect(answer.series.get('outbox.pending')?.at(-1)).toEqual({ mean: 8, least: 8, greatest: 8 });
  });

  it('marks what happened, also what operators did, without saying who', async () => {
    await write(HOUR, {}, {}, { fence: 7, leader: 'a', down: [] });
    await write(HOUR + 10, {}, {}, { fence: 8, leader: 'b', down: ['outbox'] });
    await database.query(
      `INSERT INTO zakops.audit_log (id, occurred_at, actor_type, actor_id, action, resource_type, resource_id)
       SELECT gen_random_uuid(), to_timestamp($1::bigint + 25), 'user', 'ana', action, 'x', 'crm'
         FROM unnest(ARRAY['deliveries.paused', 'dead_letters.redriven', 'deal.updated']) AS action`,
      [HOUR],
    );

    const { annotations } = await read(['outbox.pending']);

    expect(annotations.map(({ at, kind, text }) => [at - HOUR, kind, text])).toEqual(
      expect.arrayContaining([
        [10, 'leader', 'b leads, fence 7 → 8'],
        [10, 'health', 'outbox is not well'],
        [25, 'pause', 'Deliveries paused (crm)'],
        [25, 'redrive', 'dead_letters.redriven (crm)'],
      ]),
    );
    expect(annotations).toHaveLength(4);
    expect(JSON.stringify(annotations)).not.toContain('ana');
  });

  it('reads fourteen days of a full ring', async () => {
    await database.query(`
      INSERT INTO zakops.figure_samples (tier, slot, bucket, samples, system, added)
      SELECT 1, (e / 300 % 4032)::smallint, to_timestamp(e), 30, '{"outbox.oldest_due_age": [0, 1, 2, 1], "outbox.pending": [0, 1, 2, 1]}',
             '{"http.requests": [1, 30, 5], "http.le_5": [1, 30, 5], "http.le_50": [0, 3, 1]}'
        FROM generate_series(0, 4031) AS n, LATERAL (SELECT (floor(extract(epoch FROM now()) / 300) * 300)::bigint - n * 300 AS e) AS at`);
    const series = ['outbox.oldest_due_age', 'outbox.pending', 'http.p95_ms', 'http.requests'];
    await read(series, { rangeSeconds: 14 * 86_400 }, 720);
    const startedAt = performance.now();
    const answer = await read(series, { rangeSeconds: 14 * 86_400 }, 720);
    const tookMs = performance.now() - startedAt;
    expect(means(answer, 'http.p95_ms').filter((value) => value !== null).length).toBeGreaterThan(600);
    // Generous: other suites run on the same two cores.
    expect(tookMs).toBeLessThan(1_000);
  });
});
