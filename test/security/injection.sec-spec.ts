import { SseClient, waitFor } from '#zakops/testing';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Browser } from './support/browser.js';
import { Target } from './support/target.js';

const LINE_BREAKS = ['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '\v', '\f'];

let target: Target;
let admin: Browser;
beforeAll(async () => {
  target = await Target.start({ worker: true });
  admin = await target.loggedIn('admin');
}, 60_000);
afterAll(() => target.stop());

// ASVS 5.0: 1.2.1, 1.2.3 (encoding for headers, frames and JSON), 16.4.1 (log injection). API Security Top 10 2023: API8.
describe('text that breaks out of its place', () => {
  it('stays inside the data of an event, whatever line breaks it holds', async () => {
    const stream = await SseClient.open(`${target.url}/api/events/stream`, { headers: { cookie: admin.cookieHeader } });
    try {
      await stream.waitForFrame('live');
      const forged = (lineBreak: string): string =>
        ['x', '', 'id: 999', 'event: bye', 'data: {"forged":true}', 'retry: 1', '', ''].join(lineBreak);
      const names = LINE_BREAKS.map(forged);
      for (const name of names) {
        const { status } = await admin.post('/api/deals', {
          canonical_name: 'honest',
          identifiers: { internal_codes: [name] },
          display_name: name,
        });
        expect([JSON.stringify(name).slice(0, 12), status]).toEqual([JSON.stringify(name).slice(0, 12), 201]);
      }
      const events = await stream.waitForEvents(names.length);
      expect(events.map(({ event }) => event)).toEqual(names.map(() => 'deal.created'));
      expect(
        events.map(({ data }) => (JSON.parse(data ?? '') as { data: { display_name?: string } }).data.display_name ?? names[0]),
      ).toHaveLength(names.length);
      expect(
        stream.frames.filter(({ event, data, retry }) => event === 'bye' || data?.startsWith('{"forged"') === true || retry === '1'),
      ).toEqual([]);
      expect(stream.isEnded).toBe(false);
    } finally {
      stream.close();
    }
  });

  it.each(['last_event_id', 'event_types', 'correlation_id', 'deal_id', 'nonsense'])(
    'makes no frame out of the query: %s',
    async (name) => {
      for (const lineBreak of LINE_BREAKS) {
        const value = encodeURIComponent(`x${lineBreak}${lineBreak}event: bye${lineBreak}data: {"forged":true}${lineBreak}${lineBreak}`);
        const stream = await SseClient.open(`${target.url}/api/events/stream?${name}=${value}`, {
          headers: { cookie: admin.cookieHeader },
        });
        try {
          // Either it is refused, or it opens and says from where it goes on.
          if (stream.status === 200) {
            await waitFor('a frame', () => stream.frames.some(({ event }) => event === 'live' || event === 'reset'));
          } else expect(stream.status).toBe(400);
          expect(stream.frames.filter(({ event, data }) => event === 'bye' || data?.includes('forged') === true)).toEqual([]);
          expect(stream.headers['content-type']).toMatch(stream.status === 200 ? /^text\/event-stream/ : /^application\/problem\+json/);
        } finally {
          stream.close();
        }
      }
    },
  );

  it.each([
    '/api/events/by-correlation/x%0d%0aX-Injected:%201',
    '/api/deals/DEAL-000001%0d%0aX-Injected:%201',
    '/api/deals?search=x%0d%0aX-Injected:%201&limit=1',
    '/%0d%0aX-Injected:%201',
    '//evil.example/%2e%2e',
  ])('adds no header to the answer to %s', async (path) => {
    const { headers } = await admin.get(path);
    expect([headers.get('x-injected'), headers.get('location')]).toEqual([null, null]);
  });

  it.each(['X-Correlation-ID', 'X-Trace-ID', 'traceparent', 'Idempotency-Key', 'Last-Event-ID'])(
    'is not echoed from the header %s with a bare line break in it',
    async (name) => {
      const { port } = new URL(target.url);
      for (const lineBreak of ['\n', '\r', '\r ', '\x00']) {
        const socket = connect(Number(port), '127.0.0.1');
        const chunks: Buffer[] = [];
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('error', () => undefined);
        socket.end(`GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${name}: a${lineBreak}X-Injected: 1\r\n\r\n`);
        await once(socket, 'close');
        const [head = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n', 1);
        expect(head.split('\r\n').filter((line) => /^x-injected/i.test(line))).toEqual([]);
        expect(head).toMatch(/^HTTP\/1\.1 (?:200|400) /);
      }
    },
  );

  it('writes no line of its own into the log', async () => {
    await admin.get('/api/deals?search=%0a%7B%22level%22:%22fatal%22,%22message%22:%22forged%22%7D', { 'user-agent': 'x' });
    await admin.post('/api/auth/login', { email: 'a@b.c\n{"level":"fatal","message":"forged"}', password: 'x' });
    const forged = target.log.split('\n').filter((line) => line.startsWith('{"level":"fatal"'));
    expect(forged).toEqual([]);
  });
});

// ASVS 5.0: 15.3.3 (mass assignment), 8.2.1, 8.2.3 (field-level access). API Security Top 10 2023: API3, API5.
describe('members that are not the caller’s to set', () => {
  it.each([
    ...['deleted', 'version', 'deal_id', 'created_at', 'updated_at', 'actor', 'created_by', 'transitioned_by', 'role'].map((member) => [
      'POST',
      '/api/deals',
      member,
    ]),
    ...['deleted', 'version', 'deal_id', 'stage_entered_at', 'updated_at'].map((member) => ['PATCH', '/api/deals/{deal}', member]),
    ...['transitioned_by', 'actor', 'from_stage'].map((member) => ['POST', '/api/deals/{deal}/transition', member]),
    ...['id', 'status', 'password', 'password_hash', 'locked_until'].map((member) => ['POST', '/api/admin/operators', member]),
    ...['id', 'email', 'password_hash', 'failed_logins', 'version'].map((member) => ['PATCH', '/api/admin/operators/{operator}', member]),
    ...['operator_id', 'key', 'prefix', 'last_used_at'].map((member) => ['POST', '/api/auth/api-keys', member]),
    ...['role', 'remember', 'operator_id'].map((member) => ['POST', '/api/auth/login', member]),
    ...['role', 'scopes'].map((member) => ['POST', '/api/auth/setup', member]),
  ] as [string, string, string][])('%s %s refuses %s by name', async (method, path, member) => {
    const deal = await admin.makeDeal('honest');
    const [operator] = await target.database.query<{ id: string }>(`SELECT id FROM zakops.operators WHERE role = 'viewer'`);
    const filled = path.replace('{deal}', deal).replace('{operator}', operator?.id ?? '');
    const { status, body } = await admin.call(method, filled, { body: { [member]: true } });
    expect([status, body['code']]).toEqual([400, 'VALIDATION_ERROR']);
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toContainEqual(expect.stringContaining(member));
  });

  it('names who is logged in as the one who moved a deal, whatever name the call gives', async () => {
    const analyst = await target.loggedIn('analyst');
    const deal = await analyst.makeDeal('honest');
    const moved = await analyst.post(`/api/deals/${deal}/transition?transitioned_by=admin%40attacked.example`, {
      new_stage: 'initial_review',
    });
    expect(moved.status).toBe(200);
    const [row] = await target.database.query('SELECT transitioned_by FROM zakops.deal_stage_history WHERE deal_id = $1', [deal]);
    expect(row).toEqual({ transitioned_by: 'analyst@attacked.example' });
  });

  it('gives nobody more than they have: not a role by an update, not a scope by a key', async () => {
    const viewer = await target.loggedIn('viewer');
    const { body: me } = await viewer.get('/api/auth/me');
    const update = await viewer.call('PATCH', `/api/admin/operators/${String(me['id'])}`, { body: { role: 'admin' } });
    expect(update.status).toBe(403);
    for (const scope of ['deals:write', 'admin:users', 'admin:system', 'admin:purge']) {
      const made = await viewer.post('/api/auth/api-keys', { name: 'more', scopes: ['deals:read', scope] });
      expect([scope, made.status]).toEqual([scope, 403]);
    }
    expect(await target.database.query('SELECT 1 FROM zakops.api_keys')).toEqual([]);
  });
});

// ASVS 5.0: 15.3.6 (prototype pollution). API Security Top 10 2023: API8.
describe('keys that reach for the prototype', () => {
  const BODIES = [
    '{"__proto__":{"polluted":"yes","role":"admin","deleted":true}}',
    '{"canonical_name":"x","__proto__":{"polluted":"yes"}}',
    '{"constructor":{"prototype":{"polluted":"yes"}}}',
    '{"canonical_name":"x","metadata":{"__proto__":{"polluted":"yes"}}}',
    '{"canonical_name":"x","identifiers":{"constructor":{"prototype":{"polluted":"yes"}}}}',
    '{"canonical_name":"x","broker":{"__proto__":null}}',
    '{"__proto__":[],"length":1}',
  ];

  it.each(BODIES)('are refused in a body and change nothing for anybody: %s', async (body) => {
    for (const path of ['/api/deals', '/api/auth/login', '/api/auth/api-keys', '/api/admin/operators']) {
      const answer = await admin.post(path, body);
      expect([path, answer.status, answer.body['code']]).toEqual([path, 400, 'VALIDATION_ERROR']);
    }
    const viewer = await target.loggedIn('viewer');
    expect((await viewer.get('/api/admin/operators')).status).toBe(403);
    const deal = await admin.get(`/api/deals/${await admin.makeDeal('honest')}`);
    expect(deal.text).not.toContain('polluted');
    expect(deal.body['deleted'] ?? false).toBe(false);
  });

  it.each([
    '__proto__[polluted]=yes',
    '__proto__.polluted=yes',
    'constructor[prototype][polluted]=yes',
    '__proto__=yes',
    'constructor=yes',
  ])('are refused in a query: %s', async (query) => {
    const { status, body } = await admin.get(`/api/deals?${query}`);
    expect([status, body['code']]).toEqual([400, 'VALIDATION_ERROR']);
    expect((await admin.get('/api/deals?limit=1')).status).toBe(200);
  });
});
