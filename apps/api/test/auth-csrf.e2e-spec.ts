import { AuthApi, bearer, browser } from './auth-harness.js';
import type { LoggedIn } from './auth-harness.js';

const START = '/api/probe/vehicles/V-001/start';
const TRUSTED = 'https://app.example.com';
const EVIL = 'https://evil.example';

type Sent = Readonly<Record<string, string>>;

describe('calls that change something with a session cookie', () => {
  let api: AuthApi;
  let ann: LoggedIn;
  let own: string;
  beforeAll(async () => {
    api = await AuthApi.start({ CORS_ORIGINS: JSON.stringify([TRUSTED]) });
    ann = await api.logIn('analyst');
    own = api.url;
  });
  afterAll(() => api.stop());

  const post = async (headers: Sent, path = START): Promise<readonly unknown[]> => {
    const { status, body } = await api.call(path, headers, 'POST');
    return [status, body['code']];
  };
  const ALLOWED = [200, undefined];
  const REJECTED = [403, 'CSRF_REJECTED'];

  it.each<[string, (who: { own: string }) => Sent, boolean]>([
    ['its own origin', (at) => ({ origin: at.own }), true],
    ['an origin of CORS_ORIGINS', () => ({ origin: TRUSTED, 'sec-fetch-site': 'cross-site' }), true],
    ['another origin', () => ({ origin: EVIL }), false],
    ['another port of its host', () => ({ origin: 'http://127.0.0.1:1' }), false],
    ['a page without an origin', () => ({ origin: 'null' }), false],
    ['its own pages by Sec-Fetch-Site', () => ({ 'sec-fetch-site': 'same-origin' }), true],
    ['another site by Sec-Fetch-Site', () => ({ 'sec-fetch-site': 'cross-site' }), false],
    ['a neighbouring host by Sec-Fetch-Site', () => ({ 'sec-fetch-site': 'same-site' }), false],
    ['its own pages by Referer', (at) => ({ referer: `${at.own}/deals` }), true],
    ['another site by Referer', () => ({ referer: `${EVIL}/?x=` }), false],
    ['a program', () => ({}), true],
  ])('from %s', async (_from, headers, allowed) => {
    // Every row with the good token, and with none: the right place alone is never enough.
    expect(await post({ ...browser(ann), ...headers({ own }) })).toEqual(allowed ? ALLOWED : REJECTED);
    expect(await post({ cookie: ann.cookie, ...headers({ own }) })).toEqual(REJECTED);
  });

  it('need the token of their own session, as a header', async () => {
    const bob = await api.logIn('analyst');
    const { cookie } = browser(ann);
    expect(await post({ cookie, 'x-csrf-token': bob.csrfToken })).toEqual(REJECTED);
    expect(await post({ cookie, 'x-csrf-token': `${ann.csrfToken}, ${ann.csrfToken}` })).toEqual(REJECTED);
    expect(await post({ cookie, 'x-csrf-token': ann.token })).toEqual(REJECTED);
    // A cookie that a neighbouring host planted, with the header to it: what counts is the session.
    expect(await post({ cookie: cookie.replace(ann.csrfToken, 'planted'), 'x-csrf-token': 'planted' })).toEqual(REJECTED);
    expect(await post({ cookie: cookie.replace(ann.csrfToken, 'lost'), 'x-csrf-token': ann.csrfToken })).toEqual(ALLOWED);
  });

  it('are refused before the permission is looked at, and after it is known who calls', async () => {
    const viewer = await api.logIn('viewer');
    expect(await post({ cookie: viewer.cookie })).toEqual(REJECTED);
    expect(await post(browser(viewer))).toEqual([403, 'FORBIDDEN']);
    expect(await post({ cookie: `zakops_session=${'A'.repeat(87)}` })).toEqual([401, 'UNAUTHORIZED']);
  });

  it('are no concern of calls that only read', async () => {
    const { status } = await api.call('/api/probe/vehicles', { cookie: ann.cookie, origin: EVIL, 'sec-fetch-site': 'cross-site' });
    expect(status).toBe(200);
  });

  it('are not required of keys, which no browser adds to a request', async () => {
    const { key } = await api.issueKey(ann.operatorId, ['deals:write']);
    expect(await post({ ...bearer(key), origin: EVIL })).toEqual(ALLOWED);
    expect(await post({ ...bearer(key), cookie: ann.cookie, origin: EVIL })).toEqual(ALLOWED);
  });

  it('a login from a foreign page is refused although there is no session yet, and one with an old session is not', async () => {
    expect(await post({ origin: EVIL }, '/api/probe/attempt')).toEqual(REJECTED);
    expect(await post({ cookie: ann.cookie, origin: own }, '/api/probe/attempt')).toEqual(ALLOWED);
    expect(await post({}, '/api/probe/attempt')).toEqual(ALLOWED);
  });

  it('the token may be sent from the pages of CORS_ORIGINS', async () => {
    const response = await fetch(api.url + START, {
      method: 'OPTIONS',
      headers: { origin: TRUSTED, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf-token' },
    });
    expect(response.headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toContain('x-csrf-token');
  });
});

describe('with cookies for https only', () => {
  it('the session is in the cookie with the prefix, and a page without https is not ours', async () => {
    const api = await AuthApi.start({ SESSION_COOKIE_SECURE: 'true' });
    const ann = await api.logIn('analyst');
    expect(ann.cookie).toMatch(/^__Host-zakops_session=.*; __Host-zakops_csrf=/);
    const post = async (headers: Sent): Promise<number> => (await api.call(START, headers, 'POST')).status;
    expect(await post({ ...browser(ann), origin: api.url.replace('http:', 'https:') })).toBe(200);
    // This machine itself is excepted.
    expect(await post({ ...browser(ann), origin: api.url })).toBe(200);
    expect(await post({ cookie: ann.cookie.replaceAll('__Host-', ''), 'x-csrf-token': ann.csrfToken })).toBe(401);
    await api.stop();
  });
});

describe('with rate limits', () => {
  it('counts every call of a principal in one place, and attempts to log in by address', async () => {
    const env = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_GENERAL_PER_MINUTE: '7', RATE_LIMIT_AUTH_PER_MINUTE: '3' };
    const api = await AuthApi.start({ ...env, RATE_LIMIT_ANONYMOUS_PER_MINUTE: '5' });
    const [ann, bob] = [await api.logIn('viewer'), await api.logIn('viewer')];
    const read = async (headers: Sent, path = '/api/probe/vehicles'): Promise<number> => (await api.call(path, headers)).status;
    const times = async (count: number, call: () => Promise<number>): Promise<number[]> => {
      const answers: number[] = [];
      for (let n = 0; n < count; n += 1) answers.push(await call());
      return answers;
    };
    expect(await times(8, () => read(browser(ann)))).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
    // Refused calls of one, whatever for, are no concern of another.
    expect(await read(browser(bob))).toBe(200);
    expect(await times(6, () => read({}))).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await times(4, async () => (await api.call('/api/probe/attempt', {}, 'POST')).status)).toEqual([200, 200, 200, 429]);
    // Probes are not counted.
    expect(await times(10, () => read({}, '/api/probe/open'))).toEqual(Array<number>(10).fill(200));
    const { headers } = await api.call('/api/probe/vehicles', browser(bob));
    expect([headers.get('ratelimit-policy'), headers.get('ratelimit')?.split(';t=', 1)[0]]).toEqual([
      '"general";q=7;w=60',
      '"general";r=5',
    ]);
    await api.stop();
  });
});
