import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { startProbeApi } from './probe-api.js';

// The test calls from this address.
const OWN = '127.0.0.1';

describe('the address of a client', () => {
  it.each([
    ['none', '203.0.113.7', OWN],
    ['none', '203.0.113.7, 127.0.0.1', OWN],
    ['10.0.0.0/8', '203.0.113.7', OWN],
    ['1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2', '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    ['loopback', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['2,loopback,10.0.0.0/8', '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['2,loopback,10.0.0.0/8', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    // Somebody inside the network of the proxies claims to be another one.
    ['loopback,10.0.0.0/8', '203.0.113.7, 10.1.2.3', '10.1.2.3'],
    ['1', '203.0.113.7:4711', '203.0.113.7'],
    ['1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['1', '203.0.113.7,unknown', OWN],
    ['1', ' , 203.0.113.7 ,', '203.0.113.7'],
    ['1', `"><script>`, OWN],
    ['1', '', OWN],
  ])('with TRUST_PROXY=%s and X-Forwarded-For: %s is %s', async (trusted, forwarded, address) => {
    const api = await startProbeApi({ TRUST_PROXY: trusted });
    try {
      const { body } = await api.call('/api/probe/origin', {
        headers: { 'x-forwarded-for': forwarded, forwarded: 'for=192.0.2.1', 'x-real-ip': '192.0.2.1', 'user-agent': 'tests' },
      });
      expect(body).toEqual({ address, userAgent: 'tests', method: 'GET', path: '/api/probe/origin' });
    } finally {
      await api.close();
    }
  });

  it('cannot be left to everybody', async () => {
    await expect(startProbeApi({ TRUST_PROXY: 'true' })).rejects.toThrow('TRUST_PROXY must be none, 1 to 10 proxies in a row');
  });
});

describe('callers without a session', () => {
  let database: TestDatabase;
  let apis: SpawnedApi[];

  const start = async (env: Readonly<Record<string, string>>): Promise<void> => {
    const all = {
      AUTH_REQUIRED: 'true',
      SESSION_SECRET: 's'.repeat(32),
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '50',
      ...env,
    };
    apis = await Promise.all([spawnApi(database.url, all), spawnApi(database.url, all)]);
  };
  const call = (n: number): Promise<Response> =>
    fetch(`${apis[n % 2]?.url ?? ''}/api/deals`, { headers: { 'x-forwarded-for': `203.0.113.${String(n)}` } });

  beforeEach(async () => {
    database = await createTestDatabase();
    apis = [];
  });

  afterEach(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await database.drop();
  });

  it('have one limit over all processes, which another X-Forwarded-For does not widen', async () => {
    await start({});

    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => call(n)));

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(50);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(150);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('content-type')).toBe('application/problem+json');
    expect(refused?.headers.get('ratelimit-policy')).toBe('"anonymous";q=50;w=60');
    expect(refused?.headers.get('ratelimit')).toMatch(/^"anonymous";r=0;t=\d+$/);
    const retryAfter = Number(refused?.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await refused?.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED', error: { code: 'RATE_LIMITED' } });
    // Probes are not counted.
    expect((await fetch(`${apis[0]?.url ?? ''}/api/health/live`)).status).toBe(200);
  });

  it('have a limit each behind a proxy that is trusted', async () => {
    await start({ TRUST_PROXY: 'loopback', RATE_LIMIT_ANONYMOUS_PER_MINUTE: '1' });

    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => call(n)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(401));
    expect((await call(7)).status).toBe(429);
    // Another port of the same client, as some proxies write it.
    const headers = { 'x-forwarded-for': '203.0.113.7:4711' };
    expect((await fetch(`${apis[0]?.url ?? ''}/api/deals`, { headers })).status).toBe(429);
  });
});
