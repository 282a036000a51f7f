import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import type { Browser } from './support/browser.js';
import { emailOf, PASSWORD, Target } from './support/target.js';

const OURS = 'https://app.zakops.example';
const EVIL = 'https://evil.example';
const SOME_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
// Open to everybody, and checked for their source below.
const PUBLIC = new Set(['login', 'register', 'setUpPassword']);

let target: Target;
let admin: Browser;
let changing: readonly Operation[];
beforeAll(async () => {
  target = await Target.start({ env: { CORS_ORIGINS: JSON.stringify([OURS]) } });
  admin = await target.loggedIn('admin');
  const { operations } = new ContractDocument((await admin.get('/openapi.json')).body);
  changing = [...operations.values()].filter(({ method, id }) => method !== 'GET' && !PUBLIC.has(id));
}, 60_000);
afterAll(() => target.stop());

async function traces(): Promise<unknown> {
  const [row] = await target.database.query(
    `SELECT (SELECT count(*) FROM zakops.audit_log) AS audit, (SELECT count(*) FROM zakops.events) AS events,
            (SELECT count(*) FROM zakops.sessions WHERE ended_at IS NULL) AS sessions, (SELECT count(*) FROM zakops.api_keys) AS keys`,
  );
  return row;
}

function pathOf({ path }: Operation): string {
  return path.replaceAll(/\{\w+\}/g, SOME_ID);
}

// ASVS 5.0: 3.5.1 to 3.5.3 (forged requests). API Security Top 10 2023: API2, API8.
describe('a page of another site that uses the session of its visitor', () => {
  it.each<[string, (browser: Browser) => Readonly<Record<string, string>>]>([
    ['from another origin with the token of the session', ({ csrfToken = '' }) => ({ origin: EVIL, 'x-csrf-token': csrfToken })],
    ['from a sandboxed frame', ({ csrfToken = '' }) => ({ origin: 'null', 'x-csrf-token': csrfToken })],
    ['from an origin that begins like ours', ({ csrfToken = '' }) => ({ origin: `${OURS}.evil.example`, 'x-csrf-token': csrfToken })],
    ['without an origin, marked cross-site', ({ csrfToken = '' }) => ({ 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrfToken })],
    ['without an origin, from a neighbouring host', ({ csrfToken = '' }) => ({ 'sec-fetch-site': 'same-site', 'x-csrf-token': csrfToken })],
    ['with a foreign referer only', ({ csrfToken = '' }) => ({ referer: `${EVIL}/?${OURS}`, 'x-csrf-token': csrfToken })],
    ['from our origin, without the token', () => ({ origin: OURS, 'x-csrf-token': '' })],
    ['from our origin, with a token of its own', () => ({ origin: OURS, 'x-csrf-token': 'A'.repeat(43) })],
    ['from our origin, with the cookie as token', ({ cookies }) => ({ origin: OURS, 'x-csrf-token': cookies.get('zakops_session') ?? '' })],
  ])('changes nothing by any operation: %s', async (_how, headers) => {
    const before = await traces();
    for (const operation of changing) {
      const body = operation.requestBody === undefined ? undefined : {};
      const answer = await admin.call(operation.method, pathOf(operation), { body, headers: headers(admin) });
      expect([operation.id, answer.status, answer.body['code']]).toEqual([operation.id, 403, 'CSRF_REJECTED']);
    }
    expect(await traces()).toEqual(before);
    expect((await admin.get('/api/auth/me')).status).toBe(200);
  });

  it('cannot use the token of another session', async () => {
    const { csrfToken = '' } = await target.loggedIn('viewer');
    const answer = await admin.post('/api/deals', { canonical_name: 'forged' }, { origin: OURS, 'x-csrf-token': csrfToken });
    expect([answer.status, answer.body['code']]).toEqual([403, 'CSRF_REJECTED']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'cannot send JSON as a form of type %s',
    async (type) => {
      const answer = await admin.call('POST', '/api/deals', { body: '{"canonical_name":"forged"}', headers: { 'content-type': type } });
      expect([answer.status, answer.body['code']]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  it('cannot log its visitor in to an account of its own', async () => {
    for (const headers of [{ origin: EVIL }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await target.browser().post('/api/auth/login', { email: emailOf('viewer'), password: PASSWORD }, headers);
      expect([answer.status, answer.body['code']]).toEqual([403, 'CSRF_REJECTED']);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('does not change the method by a header or a parameter', async () => {
    expect((await admin.get('/api/auth/sessions', { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' })).status).toBe(200);
    expect((await admin.get('/api/auth/sessions?_method=DELETE')).status).toBe(400);
    expect((await admin.get('/api/auth/me')).status).toBe(200);
  });

  it('is honest work from our own page', async () => {
    const { csrfToken = '' } = admin;
    const answer = await admin.post('/api/deals', { canonical_name: 'honest' }, { origin: OURS, 'x-csrf-token': csrfToken });
    expect(answer.status).toBe(201);
  });
});

// ASVS 5.0: 3.4.2 (CORS). API Security Top 10 2023: API8.
describe('a page of another site that wants to read', () => {
  const FOREIGN = [
    'null',
    EVIL,
    OURS.replace('https', 'http'),
    `${OURS}:8443`,
    `${OURS}.evil.example`,
    `${OURS}/`,
    OURS.toUpperCase(),
    'https://zakops.example',
  ];

  it.each(FOREIGN)('is told by no header that it may: %s', async (origin) => {
    for (const path of ['/api/deals', '/api/auth/me', '/api/events/poll', '/health', '/openapi.json', '/nothing-there']) {
      const { headers } = await admin.get(path, { origin });
      const cors = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect([path, cors]).toEqual([path, []]);
      expect(headers.get('vary')).toMatch(/\borigin\b/i);
    }
  });

  it.each(FOREIGN)('gets no leave by a preflight: %s', async (origin) => {
    const asks = { origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'x-csrf-token' };
    const { headers } = await target.browser().call('OPTIONS', '/api/auth/sessions', { headers: asks });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('is one of ours by its exact origin only, which is never a star', async () => {
    const { headers } = await admin.get('/api/deals', { origin: OURS });
    expect(headers.get('access-control-allow-origin')).toBe(OURS);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
  });
});
