import { waitFor } from '#zakops/testing';
import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import { Browser } from './support/browser.js';
import type { Answer } from './support/browser.js';
import { emailOf, PASSWORD, Target } from './support/target.js';

const COOKIE = 'zakops_session';
// What is promised: an ended session is ended everywhere within this.
const ENDED_WITHIN_MS = 5_000;

let target: Target;
beforeAll(async () => {
  target = await Target.start({ replicas: 2 });
}, 60_000);
afterAll(() => target.stop());

function sessionOf(browser: Browser): string {
  const value = browser.cookies.get(COOKIE);
  if (value === undefined) throw new Error('There is no session.');
  return value;
}

function withCookie(cookie: string, url = target.url): Promise<Answer> {
  return new Browser(url).get('/api/auth/me', { cookie });
}

async function isDeadEverywhere(session: string): Promise<void> {
  for (const { url } of target.apis) {
    await waitFor('401', async () => (await withCookie(`${COOKIE}=${session}`, url)).status === 401, ENDED_WITHIN_MS);
  }
}

// ASVS 5.0: 7.2.4 (a new token with every login), 7.4.1, 7.4.2, 7.4.5 (termination). API Security Top 10 2023: API2.
describe('a session', () => {
  it('is never one that somebody else has put into the browser', async () => {
    const attacker = await target.loggedIn('viewer');
    const planted = sessionOf(attacker);
    const victim = target.browser();
    victim.cookies.set(COOKIE, planted);

    expect((await victim.logIn(emailOf('admin'), PASSWORD)).status).toBe(200);

    expect(sessionOf(victim)).not.toBe(planted);
    await isDeadEverywhere(planted);
  });

  it('cannot be chosen: an id that was never given out is not taken over at login', async () => {
    const victim = target.browser();
    const chosen = `${'A'.repeat(43)}.${'A'.repeat(43)}`;
    victim.cookies.set(COOKIE, chosen);
    await victim.logIn(emailOf('viewer'), PASSWORD);
    expect(sessionOf(victim)).not.toBe(chosen);
    expect((await withCookie(`${COOKIE}=${chosen}`)).status).toBe(401);
  });

  it('gets another id when the password is given again, and the one before is of no use', async () => {
    const browser = await target.loggedIn('viewer');
    const before = sessionOf(browser);
    const { csrfToken = '' } = browser;
    expect((await browser.post('/api/auth/reauthenticate', { password: PASSWORD })).status).toBe(200);
    expect(sessionOf(browser)).not.toBe(before);
    expect((await browser.get('/api/auth/me')).status).toBe(200);
    // For the calls of a page that were under way it reads on for a moment; it changes nothing.
    const copy = { cookie: `${COOKIE}=${before}`, 'x-csrf-token': csrfToken };
    const late = await target.browser().call('POST', '/api/auth/logout', { headers: copy });
    expect([late.status, late.body['code']]).toEqual([409, 'SESSION_REPLACED']);
    await isDeadEverywhere(before);
  });

  it('is of no use after logout, at any replica', async () => {
    const browser = await target.loggedIn('viewer');
    const session = sessionOf(browser);
    for (const { url } of target.apis) expect((await withCookie(`${COOKIE}=${session}`, url)).status).toBe(200);
    expect((await browser.post('/api/auth/logout')).status).toBe(200);
    expect([...browser.cookies.keys()]).toEqual(['zakops_device']);
    await isDeadEverywhere(session);
  });

  it('is of no use after an administrator has disabled its operator, and nor is a key', async () => {
    await target.makeOperator('leaver@attacked.example', 'analyst');
    const leaver = target.browser();
    await leaver.logIn('leaver@attacked.example', PASSWORD);
    const key = await leaver.makeKey(['deals:read']);
    const { body: me } = await leaver.get('/api/auth/me');
    const admin = await target.loggedIn('admin');
    expect((await admin.call('PATCH', `/api/admin/operators/${String(me['id'])}`, { body: { status: 'disabled' } })).status).toBe(200);
    await isDeadEverywhere(sessionOf(leaver));
    for (const { url } of target.apis) {
      await waitFor(
        '401',
        async () => (await new Browser(url).get('/api/deals', { authorization: `Bearer ${key}` })).status === 401,
        ENDED_WITHIN_MS,
      );
    }
  });
});

// ASVS 5.0: 7.2.4, 7.4.1. Every operation of the document, so that a new one is tried as well.
describe('every operation that asks who calls', () => {
  let operations: readonly Operation[];
  beforeAll(async () => {
    const { body } = await target.browser().get('/openapi.json');
    // A public one that takes a password documents 401 as well.
    const open = new Set(['login', 'register', 'setUpPassword']);
    operations = [...new ContractDocument(body).operations.values()].filter(({ id, responses }) => '401' in responses && !open.has(id));
  });

  async function call({ method, path, requestBody }: Operation, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const some = path.replaceAll(/\{\w+\}/g, '01890a5d-ac96-774b-bcce-b302099a8057');
    return target.browser().call(method, some, { headers, ...(requestBody === undefined ? {} : { body: {} }) });
  }

  it('changes nothing for a session that was replaced, and says so', async () => {
    const browser = await target.loggedIn('admin');
    const { csrfToken = '' } = browser;
    const copy = { cookie: `${COOKIE}=${sessionOf(browser)}`, 'x-csrf-token': csrfToken };
    await browser.post('/api/auth/reauthenticate', { password: PASSWORD });
    const changing = operations.filter(({ method }) => method !== 'GET');
    expect(changing.length).toBeGreaterThan(20);
    for (const operation of changing) {
      // However slow the machine is: the session was replaced just now.
      await target.database.query(`UPDATE zakops.sessions SET ended_at = now() WHERE end_reason = 'rotated'`);
      const { status, body } = await call(operation, copy);
      expect([operation.id, status, body['code']]).toEqual([operation.id, 409, 'SESSION_REPLACED']);
    }
  });

  it('asks nobody for more than a login, whatever else is in the header', async () => {
    for (const operation of operations) {
      for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: '"Bearer" zko_nonsense' }] as Record<string, string>[]) {
        const { status, headers: answered, body } = await call(operation, headers);
        const expected = [operation.id, 401, 'Bearer realm="zakops"', 'UNAUTHORIZED'];
        expect([operation.id, status, answered.get('www-authenticate'), body['code']]).toEqual(expected);
      }
    }
  });

  it('tells the holder of a bad key that the key is the fault', async () => {
    for (const operation of operations) {
      const { status, headers } = await call(operation, { authorization: 'Bearer zko_nonsense' });
      const expected = [operation.id, 401, 'Bearer realm="zakops", error="invalid_token"'];
      expect([operation.id, status, headers.get('www-authenticate')]).toEqual(expected);
    }
  });
});

// ASVS 5.0: 7.2.1, 7.2.2 (verified by the server). API Security Top 10 2023: API2.
describe('a cookie that was tampered with', () => {
  it('is refused, whichever character was changed', async () => {
    const good = sessionOf(await target.loggedIn('admin'));
    expect((await withCookie(`${COOKIE}=${good}`)).status).toBe(200);
    const answers = await Promise.all(
      Array.from(good, async (character, at) => {
        const changed = `${good.slice(0, at)}${character === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
        return (await withCookie(`${COOKIE}=${changed}`)).status;
      }),
    );
    expect(answers).toEqual(Array(good.length).fill(401));
  });

  it('is refused in every other shape, with the answer that a missing one gets', async () => {
    const [good, other] = [sessionOf(await target.loggedIn('admin')), sessionOf(await target.loggedIn('viewer'))];
    const [token = '', signature = ''] = good.split('.');
    const [otherToken = '', otherSignature = ''] = other.split('.');
    const shapes = [
      token,
      `${token}.`,
      `.${signature}`,
      `${token}.${otherSignature}`,
      `${otherToken}.${signature}`,
      `${good}=`,
      `${good}.${signature}`,
      `"${good}"`,
      good.toLowerCase(),
      encodeURIComponent(good).replace('.', '%2E'),
      Buffer.from(token, 'base64url').toString('hex'),
      'x'.repeat(8_000),
      '',
    ];
    const none = await new Browser(target.url).get('/api/auth/me');
    for (const shape of shapes) {
      const { status, body } = await withCookie(`${COOKIE}=${shape}`);
      expect([shape.slice(0, 20), status, body['code'], body['detail']]).toEqual([
        shape.slice(0, 20),
        401,
        none.body['code'],
        none.body['detail'],
      ]);
    }
  });

  it('of another name is nobody', async () => {
    const good = sessionOf(await target.loggedIn('admin'));
    for (const name of [`x${COOKIE}`, `${COOKIE}x`, COOKIE.toUpperCase(), `__Host-${COOKIE}`, 'session']) {
      expect((await withCookie(`${name}=${good}`)).status).toBe(401);
    }
  });
});

// ASVS 5.0: 9.1.1 to 9.1.3 (self-contained tokens are not taken at all), 8.2.1 (scopes). API Security Top 10 2023: API2, API5.
describe('a bearer token that is none of ours', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = part({ sub: 'admin', role: 'admin', scopes: ['admin:users'] });

  it.each([
    ['a JWT without a signature', `${part({ alg: 'none' })}.${claims}.`],
    ['a JWT that names its own key', `${part({ alg: 'RS256', jwk: { kty: 'RSA' }, jku: 'https://evil.example/keys' })}.${claims}.c2ln`],
    ['a JWT whose key id is a path', `${part({ alg: 'HS256', kid: '../../../../dev/null' })}.${claims}.c2ln`],
    ['a key without a good checksum', `zko_${'A'.repeat(40)}`],
    ['a key that is too long', `zko_${'A'.repeat(8_000)}`],
    ['nothing', ''],
    ['two tokens', 'a b'],
    ['SQL', "zko_' OR '1'='1"],
    ['bytes that are no ASCII', 'zko_\u00e9\u00ff'],
    ['a percent sign', '%00'],
  ])('is refused: %s', async (_what, token) => {
    const { status, headers, body } = await target.browser().get('/api/deals', { authorization: `Bearer ${token}` });
    expect([status, body['code']]).toEqual([401, 'UNAUTHORIZED']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is not overruled by being beside a session: the key decides, and a bad one is refused', async () => {
    const browser = await target.loggedIn('admin');
    expect((await browser.get('/api/auth/me', { authorization: 'Bearer zko_nonsense' })).status).toBe(401);
  });

  it('is of no use with a character changed anywhere', async () => {
    const key = await (await target.loggedIn('admin')).makeKey(['deals:read']);
    const call = async (text: string): Promise<number> =>
      (await target.browser().get('/api/deals', { authorization: `Bearer ${text}` })).status;
    expect(await call(key)).toBe(200);
    const changed = Array.from(key, (character, at) => `${key.slice(0, at)}${character === 'A' ? 'B' : 'A'}${key.slice(at + 1)}`);
    expect(await Promise.all(changed.map(call))).toEqual(Array(key.length).fill(401));
  });

  it('reaches no further than its scopes, and never the account', async () => {
    const key = await (await target.loggedIn('admin')).makeKey(['deals:read']);
    const headers = { authorization: `Bearer ${key}` };
    const statusOf = async (method: string, path: string, body?: unknown): Promise<number> =>
      (await target.browser().call(method, path, { headers, body })).status;
    expect(await statusOf('POST', '/api/deals', { canonical_name: 'x' })).toBe(403);
    expect(await statusOf('GET', '/api/admin/operators')).toBe(403);
    expect(await statusOf('POST', '/api/auth/api-keys', { name: 'x', scopes: ['admin:users'] })).toBe(403);
    expect(await statusOf('POST', '/api/auth/password', { current_password: PASSWORD, new_password: `${PASSWORD}!` })).toBe(403);
  });
});
