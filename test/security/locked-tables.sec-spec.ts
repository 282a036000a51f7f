import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import type { Browser } from './support/browser.js';
import { emailOf, PASSWORD, Target } from './support/target.js';

/** Longer than an answer of readiness is given again, so that it is asked for under each lock. */
const LOOK_FOR_MS = 1_300;
const PROBES = ['/health', '/health/live', '/health/ready', '/health/startup', '/api/health/live', '/api/health/ready'];
const MANY = '100000';

// ASVS 5.0: 13.2.6, 16.5.2. API Security Top 10 2023: API4.
describe('a table that somebody has locked', () => {
  let target: Target;
  let admin: Browser;
  let key: string;
  let deals: readonly string[];
  let reads: readonly string[];
  beforeAll(async () => {
    target = await Target.start({
      env: {
        DATABASE_POOL_SIZE: '4',
        RATE_LIMIT_ENABLED: 'true',
        RATE_LIMIT_GENERAL_PER_MINUTE: MANY,
        RATE_LIMIT_ANONYMOUS_PER_MINUTE: MANY,
        RATE_LIMIT_AUTH_PER_MINUTE: MANY,
      },
    });
    admin = await target.loggedIn('admin');
    key = await admin.makeKey(['deals:read']);
    deals = await Promise.all(Array.from({ length: 4 }, (_empty, n) => admin.makeDeal(`deal ${String(n)}`)));
    const { operations } = new ContractDocument((await admin.get('/openapi.json')).body);
    reads = [...operations.values()].filter(isRead).map(({ path }) => path.replaceAll(/\{\w+\}/g, deals[0] ?? ''));
  }, 60_000);
  afterAll(() => target.stop());

  let calls = 0;
  const keyed = (): Record<string, string> => ({ 'idempotency-key': `call-${String((calls += 1))}` });
  const patch = (deal: string): Promise<number> =>
    statusOf(admin.call('PATCH', `/api/deals/${deal}`, { body: { folder_path: `/${String(calls)}` }, headers: keyed() }));

  /** More calls than there are connections. */
  const load = (): Promise<number>[] => [
    ...deals.map(patch),
    ...deals.map((deal) => statusOf(admin.get(`/api/deals/${deal}`))),
    ...[1, 2, 3].map(() => statusOf(admin.post('/api/deals', { canonical_name: 'another deal' }, keyed()))),
    ...[1, 2, 3].map(() => statusOf(admin.get('/api/deals?limit=1'))),
    statusOf(target.browser().get('/api/deals?limit=1', { authorization: `Bearer ${key}` })),
  ];
  const logIn = (): Promise<number> => statusOf(target.browser().logIn(emailOf('viewer'), PASSWORD));

  it('makes no replica unready, whichever table it is, fails nothing with 500, and is forgotten afterwards', async () => {
    const tables = await target.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'zakops'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['migrations', 'processes', 'rate_limits', 'sessions']));
    expect((await Promise.all(load())).filter((status) => status > 201)).toEqual([]);
    const holder = await target.database.connect();
    for (const { name } of tables) {
      await holder.query('BEGIN');
      await holder.query(`LOCK TABLE zakops.${name} IN ACCESS EXCLUSIVE MODE`);
      const answers = [logIn(), ...reads.map((path) => statusOf(admin.get(path))), ...load()];
      const until = Date.now() + LOOK_FOR_MS;
      do {
        const probes = await Promise.all(PROBES.map((path) => statusOf(target.browser().get(path))));
        expect([name, ...probes]).toEqual([name, ...PROBES.map(() => 200)]);
      } while (Date.now() < until);
      await holder.query('ROLLBACK');
      expect([name, (await Promise.all(answers)).filter((status) => status >= 500 && status !== 503)]).toEqual([name, []]);
      const after = await Promise.all([...deals.map(patch), statusOf(admin.get('/api/deals?limit=1'))]);
      expect([name, ...after]).toEqual([name, ...Array<number>(deals.length + 1).fill(200)]);
    }
  }, 600_000);
});

/** One that is answered, and not streamed. */
function isRead({ method, responses }: Operation): boolean {
  return method === 'GET' && responses['200']?.content?.['application/json'] !== undefined;
}

async function statusOf(answer: Promise<{ readonly status: number }>): Promise<number> {
  return (await answer).status;
}
