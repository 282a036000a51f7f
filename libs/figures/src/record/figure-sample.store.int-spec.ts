import { Database } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import type { Figures } from '../contribute/contributes-figures.js';
import { FigureSampleStore } from './figure-sample.store.js';

interface Sample {
  readonly sampler: string | null;
  readonly system: Record<string, unknown> | null;
  readonly added: Record<string, unknown>;
  readonly marks: Record<string, unknown> | null;
}

const REQUESTS: Figures = { 'http.requests': 1 };

describe(FigureSampleStore.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let sut: FigureSampleStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startModules(database.url);
    sut = new FigureSampleStore(app.get(Database));
  });
  beforeEach(() => database.query('TRUNCATE zakops.figure_samples'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const samples = (tier = 0): Promise<Sample[]> =>
    database.query<Sample & { bucket: Date }>('SELECT * FROM zakops.figure_samples WHERE tier = $1 ORDER BY bucket', [tier]);
  const sum = async (key: string): Promise<number> => (await samples()).reduce((total, { added }) => total + Number(added[key] ?? 0), 0);
  /** A sample so long ago; where its slot is taken, it is replaced. */
  const write = (secondsAgo: number, system: object | null, added: object = {}, marks: object = {}): Promise<unknown> =>
    database.query(
      `INSERT INTO zakops.figure_samples (tier, slot, bucket, system, added, marks)
       SELECT 0, (e / 10 % 2160)::smallint, to_timestamp(e), $2, $3, $4
         FROM (SELECT (floor((extract(epoch FROM now()) - $1) / 10) * 10)::bigint AS e) AS at`,
      [secondsAgo, system, added, marks],
    );

  it('adds what many processes count at once, and lets one of them read the state', async () => {
    const tags = Array.from({ length: 20 }, (_, n) => `process-${String(n)}`);

    const added = await Promise.all(tags.map((tag) => sut.add(tag, { 'http.requests': 3, 'http.le_50': 2 }, true)));

    expect([await sum('http.requests'), await sum('http.le_50')]).toEqual([60, 40]);
    // The calls may fall into two buckets.
    const buckets = new Set(added.map((one) => one?.bucket));
    expect(added.filter((one) => one?.isClaimed)).toHaveLength(buckets.size);
  });

  it('keeps the state that the claimer read, and what is counted after it', async () => {
    const added = await sut.add('a', REQUESTS, true);
    expect(added).toMatchObject({ isClaimed: true });
    const bucket = added?.bucket ?? 0;
    await sut.fill('b', bucket, { figures: { 'outbox.pending': 9 } });
    await sut.fill('a', bucket, { figures: { 'outbox.pending': 7 }, marks: { fence: 3 } });
    await sut.add('b', REQUESTS, true);
    expect((await samples())[0]).toMatchObject({ sampler: 'a', system: { 'outbox.pending': 7 }, marks: { fence: 3 } });
    expect(await sum('http.requests')).toBe(2);
  });

  it('replaces a sample of the round before, and one from before the clock was set back', async () => {
    for (const offset of ['- 21600', '+ 21600 * 2']) {
      await database.query('TRUNCATE zakops.figure_samples');
      const { bucket = 0 } = (await sut.add('a', REQUESTS, true)) ?? {};
      await database.query(
        `UPDATE zakops.figure_samples SET bucket = to_timestamp($1::bigint ${offset}), system = '{"outbox.pending": 1}', sampler = 'gone', added = '{"http.requests": 99}'`,
        [bucket],
      );
      const again = await sut.add('a', REQUESTS, true);
      const rows = await samples();
      const own = rows.find(({ sampler }) => sampler === 'a');
      expect(again).toMatchObject({ isClaimed: true });
      expect(own).toMatchObject({ system: null, added: { 'http.requests': 1 } });
    }
  });

  it('writes five minutes of ten seconds once, with the least, mean, greatest and last value', async () => {
    // The window before the last whole one, so that no part of it is now.
    const [{ age } = { age: 0 }] = await database.query<{ age: number }>(
      `SELECT (extract(epoch FROM now()) - floor(extract(epoch FROM now()) / 300) * 300 + 600)::float8 AS age`,
    );
    await write(age - 5, { 'outbox.pending': 4 }, { 'http.requests': 10 }, { fence: 1 });
    await write(age - 15, { 'outbox.pending': 1 }, {}, { fence: 2 });
    await write(age - 35, { 'outbox.pending': 7 }, { 'http.requests': 5 });

    await sut.rollUp();
    await sut.rollUp();

    expect(await samples(1)).toEqual([
      expect.objectContaining({
        samples: 3,
        system: { 'outbox.pending': [1, 4, 7, 7] },
        added: { 'http.requests': [0, 15, 10] },
        marks: {},
      }),
    ]);
  });

  it('makes up for windows that nobody rolled up, and leaves the present one alone', async () => {
    for (const secondsAgo of [0, 700, 1_000, 7_000, 20_000]) await write(secondsAgo, { 'outbox.pending': 1 });
    await sut.rollUp();
    expect(await samples(1)).toHaveLength(4);
  });

  it('never has more rows than its rings have slots', async () => {
    await database.query(`
      INSERT INTO zakops.figure_samples (tier, slot, bucket)
      SELECT 0, n, to_timestamp(floor(extract(epoch FROM now()) / 21600) * 21600 - 21600 + n * 10) FROM generate_series(0, 2159) AS n`);
    await sut.add('a', REQUESTS, true);
    await sut.add('b', REQUESTS, true);
    expect(await samples()).toHaveLength(2_160);
  });

  it('writes nothing while the table is missing', async () => {
    await database.query('ALTER TABLE zakops.figure_samples RENAME TO hidden');
    try {
      expect(await sut.add('a', REQUESTS, true)).toBeUndefined();
    } finally {
      await database.query('ALTER TABLE zakops.hidden RENAME TO figure_samples');
    }
  });
});
