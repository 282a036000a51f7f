import { startProbeApi } from './probe-api.js';
import type { ProbeApi } from './probe-api.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const PAGE = 'https://app.example.com';

let api: ProbeApi;
beforeAll(async () => {
  api = await startProbeApi({ CORS_ORIGINS: `["${PAGE}"]` });
});
afterAll(() => api.close());

describe('ids', () => {
  it('continue the trace of the caller, with a span of our own, into what the request writes', async () => {
    const { headers, body } = await api.call('/api/probe/me', { headers: { traceparent: TRACEPARENT, 'x-correlation-id': 'DEAL-000001' } });
    expect(headers.get('x-trace-id')).toBe(TRACE_ID);
    expect(headers.get('traceparent')).toMatch(new RegExp(`^00-${TRACE_ID}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(headers.get('x-correlation-id')).toBe('DEAL-000001');
    expect(body['provenance']).toEqual({
      actor: { type: 'user', id: 'dev@zakops.local' },
      correlationId: 'DEAL-000001',
      traceparent: headers.get('traceparent'),
    });
  });

  it('take X-Trace-ID when there is no valid traceparent', async () => {
    const named = await api.call('/api/probe/open', { headers: { 'x-trace-id': TRACE_ID.toUpperCase(), traceparent: 'nonsense' } });
    expect(named.headers.get('x-trace-id')).toBe(TRACE_ID);
    const both = await api.call('/api/probe/open', { headers: { 'x-trace-id': 'f'.repeat(32), traceparent: TRACEPARENT } });
    expect(both.headers.get('x-trace-id')).toBe(TRACE_ID);
  });

  it.each(['not-a-trace', '0'.repeat(32), 'g'.repeat(32)])('begin a new trace for X-Trace-ID %s', async (given) => {
    const { headers } = await api.call('/api/probe/open', { headers: { 'x-trace-id': given } });
    expect(headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get('x-trace-id')).not.toBe(given);
  });

  it('differ between requests and are on errors of every kind', async () => {
    const paths = ['/nowhere', '/%zz', '/api/probe/crash', '/api/probe/unmarked', '/api/probe/vehicles?limit=0'];
    const answers = await Promise.all(paths.map((path) => api.call(path, { headers: { 'x-correlation-id': 'c-1' } })));
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 500, 403, 400]);
    for (const { headers, body } of answers) {
      expect(headers.get('x-correlation-id')).toBe('c-1');
      expect(headers.get('x-trace-id')).toBe(body['traceId']);
    }
    expect(new Set(answers.map(({ body }) => body['traceId'])).size).toBe(paths.length);
  });

  it.each(['a b', 'x'.repeat(101), 'ü'])('refuse the correlation id %s and do not echo it', async (given) => {
    const { status, headers, body } = await api.call('/api/probe/open', { headers: { 'x-correlation-id': given } });
    expect([status, body['code'], headers.get('x-correlation-id')]).toEqual([400, 'VALIDATION_ERROR', null]);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: 'X-Correlation-ID', code: 'INVALID_FORMAT' })]);
  });
});

describe('security headers', () => {
  it.each([
    ['/api/probe/open', 'private, no-cache'],
    ['/nowhere', 'no-store'],
    ['/%zz', 'no-store'],
  ])('are on %s', async (path, caching) => {
    const { headers } = await api.call(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '0',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'content-security-policy': expect.stringMatching(/^default-src 'self';/),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': caching,
    });
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect([headers.get('server'), headers.get('x-powered-by'), headers.get('strict-transport-security')]).toEqual([null, null, null]);
  });

  it('pin https in production only', async () => {
    const production = await startProbeApi({ APP_ENV: 'production', AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(32) });
    try {
      const { headers } = await production.call('/api/probe/open');
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
    } finally {
      await production.close();
    }
  });
});

describe('OPTIONS', () => {
  it.each([
    ['/api/probe/vehicles', 'GET, HEAD, OPTIONS, POST'],
    ['/openapi.json', 'GET, HEAD, OPTIONS'],
    ['/health', 'GET, HEAD, OPTIONS'],
  ])('names the methods of %s', async (path, allow) => {
    const { status, headers, text } = await api.call(path, { method: 'OPTIONS' });
    expect([status, headers.get('allow'), text]).toEqual([204, allow, '']);
  });

  it('is 404 for a path that is none', async () => {
    expect((await api.call('/nowhere', { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('origins', () => {
  const preflight = (origin: string): RequestInit => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'content-type' },
  });

  it('that are listed may call with credentials and read our headers', async () => {
    const { headers } = await api.call('/api/probe/open', { headers: { origin: PAGE } });
    expect(headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-expose-headers')).toContain('X-Next-Cursor');
    const answer = await api.call('/api/probe/vehicles', preflight(PAGE));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Content-Type');
  });

  it('may send the headers that calls need, and read those that answers carry', async () => {
    const { headers } = await api.call('/api/probe/vehicles', preflight(PAGE));
    const listOf = (name: string, from: Headers): string[] => from.get(name)?.toLowerCase().split(', ') ?? [];
    expect(listOf('access-control-allow-headers', headers)).toEqual(
      expect.arrayContaining([
        'authorization',
        'content-type',
        'idempotency-key',
        'if-match',
        'last-event-id',
        'x-csrf-token',
        'cache-control',
        'x-requested-with',
      ]),
    );
    expect(headers.get('access-control-max-age')).toBe('600');
    const answer = await api.call('/api/probe/open', { headers: { origin: PAGE } });
    expect(listOf('access-control-expose-headers', answer.headers)).toEqual(
      expect.arrayContaining(['etag', 'idempotency-replayed', 'location', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-trace-id']),
    );
  });

  it.each(['https://evil.example.com', 'null', 'https://app.example.com.evil.com', 'http://app.example.com'])(
    'like %s may not',
    async (origin) => {
      for (const init of [{ headers: { origin } }, preflight(origin)]) {
        const { headers } = await api.call('/api/probe/open', init);
        expect(headers.get('access-control-allow-origin')).toBeNull();
        expect(headers.get('access-control-allow-credentials')).toBeNull();
        expect(headers.get('vary')).toBe('Origin');
      }
    },
  );

  it('may read problems as well', async () => {
    const { status, headers } = await api.call('/nowhere', { headers: { origin: PAGE } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([404, PAGE]);
  });
});
