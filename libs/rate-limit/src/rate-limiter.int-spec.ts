import { Database, UnitOfWork } from '#zakops/database';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { RateLimitConfig } from './rate-limit.config.js';
import { RateLimitModule } from './rate-limit.module.js';
import { MAX_SUBJECTS, RateLimiter } from './rate-limiter.js';
import type { RateLimitDecision, RateLimitPolicy } from './rate-limit-policy.js';
import { WindowCleaner } from './window-cleaner.js';

const HUNDRED: RateLimitPolicy = { name: 'hundred', limit: 100, windowSeconds: 60 };
const TEN: RateLimitPolicy = { name: 'ten', limit: 10, windowSeconds: 60 };

/** One process's worth of counting. */
interface Replica {
  readonly limiter: RateLimiter;
  readonly database: Database;
  readonly module: INestApplicationContext;
}

describe(RateLimiter.name, () => {
  let database: TestDatabase;
  const replicas: Replica[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(replicas.splice(0).map(({ module }) => module.close()));
    await database.drop();
  });

  async function replica(url = database.url): Promise<Replica> {
    const module = await startModules(url, {
      settings: [RateLimitConfig],
      imports: [RateLimitModule],
      isConnected: url === database.url,
    });
    const made = { module, limiter: module.get(RateLimiter), database: module.get(Database) };
    replicas.push(made);
    return made;
  }

  const allowedOf = (decisions: readonly RateLimitDecision[]): number => decisions.filter(({ allowed }) => allowed).length;

  it.each([
    ['take', HUNDRED],
    ['takeExact', HUNDRED],
    ['take', TEN],
    ['takeExact', TEN],
  ] as const)('%s lets through exactly the limit of %j over two processes', async (method, policy) => {
    const [one, other] = [await replica(), await replica()];

    const decisions = await Promise.all(
      Array.from({ length: 200 }, (_, n) => Promise.resolve((n % 2 === 0 ? one : other).limiter[method](policy, 'ada'))),
    );

    expect(allowedOf(decisions)).toBe(policy.limit);
    expect(await database.query('SELECT policy, used FROM zakops.rate_limits')).toEqual([{ policy: policy.name, used: policy.limit }]);
    expect(one.limiter.isExhausted(policy, 'ada')).toBe(true);
    expect(one.limiter.isExhausted(policy, 'grace')).toBe(false);
  });

  it('lets one caller use the whole limit one call after the other, with few statements', async () => {
    const { limiter, database: queried } = await replica();
    const statements = jest.spyOn(queried, 'query');

    const decisions: RateLimitDecision[] = [];
    for (let call = 0; call < 120; call += 1) decisions.push(await limiter.take(HUNDRED, 'ada'));

    expect(decisions.map(({ allowed }) => allowed)).toEqual([...Array<boolean>(100).fill(true), ...Array<boolean>(20).fill(false)]);
    expect(decisions.slice(0, 3).map(({ remaining }) => remaining)).toEqual([99, 98, 97]);
    expect(decisions.at(-1)).toMatchObject({ allowed: false, remaining: 0, policy: HUNDRED });
    expect(decisions.at(-1)?.resetSeconds).toBeGreaterThan(50);
    expect(statements.mock.calls.length).toBeLessThan(40);
  });

  it('answers without waiting while it holds permits, and when it knows that none are left', async () => {
    const { limiter } = await replica();
    await limiter.take(HUNDRED, 'ada');

    expect(limiter.take(HUNDRED, 'ada')).toMatchObject({ allowed: true });
    for (let call = 0; call < 98; call += 1) await limiter.take(HUNDRED, 'ada');
    expect(limiter.take(HUNDRED, 'ada')).toMatchObject({ allowed: false });
  });

  it('reserves for callers who wait at the same time with one statement', async () => {
    const { limiter, database: queried } = await replica();
    await limiter.takeExact({ ...HUNDRED, limit: 5_000 }, 'ada');
    const statements = jest.spyOn(queried, 'query');

    const decisions = await Promise.all(Array.from({ length: 100 }, () => limiter.takeExact({ ...HUNDRED, limit: 5_000 }, 'ada')));

    expect(allowedOf(decisions)).toBe(100);
    // The first asks for itself, all others wait for that answer and ask together.
    expect(statements).toHaveBeenCalledTimes(2);
  });

  it('begins again when the window is over', async () => {
    const [one, other] = [await replica(), await replica()];
    for (let call = 0; call < 10; call += 1) await one.limiter.take(TEN, 'ada');
    expect(await other.limiter.take(TEN, 'ada')).toMatchObject({ allowed: false });

    await database.query(`UPDATE zakops.rate_limits SET window_ends_at = now()`);

    expect(await (await replica()).limiter.take(TEN, 'ada')).toMatchObject({ allowed: true, remaining: 9 });
    // What the others know holds until the end they were told.
    expect(other.limiter.isExhausted(TEN, 'ada')).toBe(true);
  });

  it('begins again after the clock of the database was set back, and forgets windows of then', async () => {
    const first = await replica();
    for (let call = 0; call < 10; call += 1) await first.limiter.take(TEN, 'ada');
    await first.limiter.take(HUNDRED, 'grace');

    await database.query(`UPDATE zakops.rate_limits SET window_ends_at = window_ends_at + interval '2 days'`);

    const decision = await (await replica()).limiter.take(TEN, 'ada');
    expect(decision).toMatchObject({ allowed: true, remaining: 9 });
    expect(decision.resetSeconds).toBeLessThanOrEqual(60);
    await first.module.get(WindowCleaner).clean();
    expect(await database.query('SELECT policy FROM zakops.rate_limits')).toEqual([{ policy: 'ten' }]);
  });

  it('turns a window when it is over', async () => {
    const { limiter } = await replica();
    const second = { name: 'second', limit: 2, windowSeconds: 1 };
    const started = performance.now();
    const allowed: boolean[] = [];
    while (allowed.filter(Boolean).length < 4) allowed.push((await limiter.take(second, 'ada')).allowed);

    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
    expect(allowed.slice(0, 3)).toEqual([true, true, false]);
  });

  it('keeps no address and no more subjects than it may', async () => {
    const { limiter, module } = await replica();
    // More than the cleaner takes at a time.
    await database.query(
      `INSERT INTO zakops.rate_limits SELECT 'filler', decode(md5(n::text), 'hex'), now(), 1, 1 FROM generate_series(1, 12000) n`,
    );
    const away = jest.spyOn(module.get(Database), 'isConnected', 'get').mockReturnValue(false);
    for (let n = 0; n < MAX_SUBJECTS + 500; n += 1) await limiter.take(TEN, `10.0.${String(n >> 8)}.${String(n & 255)}`);
    expect(limiter.subjects).toBe(MAX_SUBJECTS);
    away.mockRestore();

    await limiter.take(HUNDRED, 'ada@example.com'.repeat(1_000));
    const [row] = await database.query<{ bytes: number }>(
      `SELECT length(subject) AS bytes FROM zakops.rate_limits WHERE policy = 'hundred'`,
    );
    expect(row).toEqual({ bytes: 16 });

    await module.get(WindowCleaner).clean();
    expect(await database.query('SELECT policy FROM zakops.rate_limits')).toEqual([{ policy: 'hundred' }]);
  });

  it('counts alone while the database is away, and refuses what must be counted exactly', async () => {
    const { limiter } = await replica('postgresql://nobody@127.0.0.1:1/nowhere');

    const decisions: RateLimitDecision[] = [];
    for (let call = 0; call < 12; call += 1) decisions.push(await limiter.take(TEN, 'ada'));

    expect(allowedOf(decisions)).toBe(10);
    await expect(limiter.takeExact(TEN, 'grace')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('counts alone within a second while others hold the table, and waits for it where it must be exact', async () => {
    const { limiter } = await replica();
    const holder = await database.connect();
    await holder.query('BEGIN; LOCK TABLE zakops.rate_limits IN ACCESS EXCLUSIVE MODE');

    const decisions = await Promise.all(Array.from({ length: 12 }, () => Promise.resolve(limiter.take(TEN, 'ada'))));
    // The statement itself still waits.
    expect(await database.query(`SELECT FROM pg_locks WHERE NOT granted AND relation = 'zakops.rate_limits'::regclass`)).toHaveLength(1);
    const exact = limiter.takeExact(TEN, 'grace');

    expect(allowedOf(decisions)).toBe(10);
    await holder.query('ROLLBACK');
    expect(await exact).toMatchObject({ allowed: true, remaining: 9 });
  });

  it.each(['take', 'takeExact'] as const)('counts by %s although the transaction around it is rolled back', async (method) => {
    const { limiter, module } = await replica();

    const call = module.get(UnitOfWork).runJoined(async () => {
      await limiter[method](TEN, 'ada');
      throw new Error('wrong password');
    });

    await expect(call).rejects.toThrow('wrong password');
    expect(await database.query('SELECT used FROM zakops.rate_limits')).toEqual([{ used: 1 }]);
  });
});
