import { waitFor } from '#zakops/testing';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Answer, Browser } from './support/browser.js';
import { SlowConnections } from './support/slow-connections.js';
import { Target } from './support/target.js';

const CONNECTIONS = 10_000;
const HEADERS_TIMEOUT_S = 8;
const MIB = 1_048_576;

function filesOf(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) * 1024;
}

/** How many files this process, and the ones it starts, may have open. */
function filesAllowed(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Infinity : Number(limit);
}

// ASVS 5.0: 15.2.2, 2.4.1 (availability). API Security Top 10 2023: API4.
describe('ten thousand connections that never finish a request', () => {
  let target: Target;
  let pid: number;
  let port: number;
  let slow: SlowConnections;
  beforeEach(async () => {
    target = await Target.start({ env: { HTTP_HEADERS_TIMEOUT: String(HEADERS_TIMEOUT_S), HTTP_BODY_TIMEOUT: '5' } });
    pid = target.apis[0]?.process.pid ?? 0;
    port = Number(new URL(target.url).port);
    slow = new SlowConnections();
  }, 60_000);
  afterEach(async () => {
    slow.close();
    await target.stop();
  });

  it.each([
    ['headers', 'GET /api/deals HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    [
      'bodies',
      'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"email":"',
    ],
  ])(
    'are closed in time, and keep nobody else waiting: slow %s',
    async (_what, head) => {
      if (filesAllowed() < CONNECTIONS + 1_000)
        throw new Error(`This machine allows ${String(filesAllowed())} open files; 11,000 are needed.`);
      const viewer = await target.loggedIn('viewer');
      const filesBefore = filesOf(pid);
      await slow.open(port, CONNECTIONS, head);
      expect(slow.failed).toBe(0);

      const took: number[] = [];
      const until = Date.now() + (HEADERS_TIMEOUT_S + 30) * 1_000;
      let most = 0;
      while (slow.closed < CONNECTIONS && Date.now() < until) {
        slow.dribble();
        most = Math.max(most, memoryOf(pid));
        const begunAt = performance.now();
        expect((await viewer.get('/api/deals?limit=1')).status).toBe(200);
        took.push(performance.now() - begunAt);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      expect(slow.closed).toBe(CONNECTIONS);
      // Every one is told why, unless its own bytes crossed the answer on the way.
      expect(slow.answered).toBeGreaterThan(CONNECTIONS * 0.9);
      const sorted = took.sort((a, b) => a - b);
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(500);
      expect(most).toBeLessThan(700 * MIB);
      // Nothing of it is kept.
      await waitFor('the files to be closed', () => filesOf(pid) <= filesBefore + 20);
    },
    120_000,
  );
});

// ASVS 5.0: 13.2.6 (limits of the pool), 16.5.2 (recovery). API Security Top 10 2023: API4.
describe('a database whose connections for changes are all busy', () => {
  let target: Target;
  let admin: Browser;
  beforeAll(async () => {
    target = await Target.start({ env: { DATABASE_POOL_SIZE: '2', DATABASE_LOCK_TIMEOUT: '20' } });
    admin = await target.loggedIn('admin');
  }, 60_000);
  afterAll(() => target.stop());

  it('refuses changes in time with 503, reads on, and is as good as new afterwards', async () => {
    const deals = await Promise.all(Array.from({ length: 4 }, (_empty, n) => admin.makeDeal(`deal ${String(n)}`)));
    const locker = await target.database.connect();
    await locker.query('BEGIN');
    await locker.query('SELECT 1 FROM zakops.deals FOR UPDATE');

    // One of these holds the one connection for changes and waits for the row; the others wait for that connection.
    const refused: Answer[] = [];
    const changes = Array.from({ length: 40 }, async (_empty, n) => {
      const body = { display_name: `changed ${String(n)}` };
      const answer = await admin.call('PATCH', `/api/deals/${deals[n % deals.length] ?? ''}`, { body });
      if (answer.status === 503) refused.push(answer);
      return answer;
    });
    await waitFor('a change to wait for its row', async () => {
      const rows = await target.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'zakops-api %'`,
      );
      return rows.length === 1;
    });
    for (const path of ['/health', '/health/ready', '/api/deals?limit=1', ...deals.map((deal) => `/api/deals/${deal}`)])
      expect([path, (await admin.get(path)).status]).toEqual([path, 200]);
    await waitFor('the first to be refused', () => refused.length > 0);
    expect(refused[0]?.body['code']).toBe('SERVICE_UNAVAILABLE');
    expect(refused[0]?.headers.get('retry-after')).toBe('5');

    await locker.query('ROLLBACK');
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect([...new Set(statuses)].sort()).toEqual([200, 503]);
    // Those that were refused did nothing; those that were accepted are there, and no connection is lost.
    const [row] = await target.database.query(`SELECT count(*)::int AS changes FROM zakops.events WHERE type = 'deal.updated'`);
    expect(row).toEqual({ changes: statuses.filter((status) => status === 200).length });
    for (let n = 0; n < 20; n += 1) expect((await admin.get('/api/deals?limit=1')).status).toBe(200);
    const after = await Promise.all(deals.map((deal) => admin.call('PATCH', `/api/deals/${deal}`, { body: { display_name: 'after' } })));
    expect(after.map(({ status }) => status)).toEqual(deals.map(() => 200));
  }, 60_000);

  it('is not reached by a search that would be expensive', async () => {
    for (const search of ['%'.repeat(200), '_%'.repeat(100), 'a'.repeat(200), '\\'.repeat(200)]) {
      const begunAt = performance.now();
      expect((await admin.get(`/api/deals?limit=200&search=${encodeURIComponent(search)}`)).status).toBe(200);
      expect(performance.now() - begunAt).toBeLessThan(2_000);
    }
    expect((await admin.get('/api/deals?limit=100000')).status).toBe(400);
    expect((await admin.get('/api/deals?offset=99999999')).status).toBe(400);
  });
});

// ASVS 5.0: 15.2.2, 2.4.1. API Security Top 10 2023: API4.
describe('a request that is larger or deeper than any honest one', () => {
  let target: Target;
  let admin: Browser;
  beforeAll(async () => {
    target = await Target.start();
    admin = await target.loggedIn('admin');
  }, 60_000);
  afterAll(() => target.stop());

  it.each<[string, string, number]>([
    ['nested a hundred thousand times', '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), 400],
    ['an array nested a hundred thousand times', '['.repeat(100_000) + ']'.repeat(100_000), 400],
    ['a hundred thousand members', `{${Array.from({ length: 100_000 }, (_empty, n) => `"m${String(n)}":1`).join(',')}}`, 413],
    [
      'a number of a hundred thousand digits',
      `{"canonical_name":"x","metadata":{"asking_price":{"amount":${'9'.repeat(100_000)},"currency":"USD"}}}`,
      400,
    ],
    ['two mebibytes', `{"canonical_name":"${'x'.repeat(2 * MIB)}"}`, 413],
  ])('is refused at once: %s', async (_what, body, expected) => {
    const begunAt = performance.now();
    const { status } = await admin.post('/api/deals', body);
    expect(status).toBe(expected);
    expect(performance.now() - begunAt).toBeLessThan(1_500);
    expect((await admin.get('/health')).status).toBe(200);
  });
});
