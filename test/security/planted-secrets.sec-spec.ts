import { waitFor } from '#zakops/testing';
import type { Browser } from './support/browser.js';
import { emailOf, PASSWORD, SESSION_SECRET, Target } from './support/target.js';

const MARK = 'PLANTED';
const planted = (place: string): string => `${MARK}-${place}-0123456789abcdef`;

// ASVS 5.0: 16.2.5 (nothing sensitive in logs), 16.5.1 (nor in errors), 15.3.1 (nor in answers). API Security Top 10 2023: API3, API8.
describe('a secret', () => {
  let target: Target;
  let admin: Browser;
  let key: string;
  beforeAll(async () => {
    target = await Target.start({ worker: true, env: { LOG_LEVEL: 'trace' } });
    admin = await target.loggedIn('admin');
    key = await admin.makeKey(['deals:read', 'deals:write']);
  }, 60_000);
  afterAll(() => target.stop());

  /** Everything that must not be told to anybody, in the log least of all. */
  function secrets(): readonly string[] {
    const { password } = new URL(target.database.url);
    return [MARK, SESSION_SECRET, PASSWORD, key, password, ...admin.cookies.values()];
  }

  let marks = 0;

  async function expectNotLogged(): Promise<void> {
    // Once this line is there, so are those before it; and the log does say what goes on, or the rest would prove nothing.
    marks += 1;
    const path = `/mark/${String(marks)}`;
    await target.browser().get(path);
    await waitFor('the line of a request', () => target.log.includes(path));
    const told = target.log.split('\n').filter((line) => secrets().some((secret) => line.includes(secret)));
    expect(told).toEqual([]);
  }

  it.each(['token', 'access_token', 'api_key', 'password', 'code', 'session'])(
    'in the query is not logged and not repeated: %s',
    async (name) => {
      const { text, headers } = await admin.get(`/api/deals?${name}=${planted(name)}`);
      expect(text + JSON.stringify([...headers])).not.toContain(MARK);
      await admin.get(`/no/such/route?${name}=${planted(name)}`);
      await admin.post(`/api/auth/login?${name}=${planted(name)}`, {});
      await expectNotLogged();
    },
  );

  it.each(['authorization', 'cookie', 'x-api-key', 'x-csrf-token', 'proxy-authorization', 'x-auth-token'])(
    'in a header is not logged and not repeated: %s',
    async (name) => {
      for (const [method, path] of [
        ['GET', '/api/deals'],
        ['POST', '/api/deals'],
        ['GET', '/no/such/route'],
      ] as const) {
        const value =
          name === 'authorization' ? `Bearer ${planted(name)}` : name === 'cookie' ? `zakops_session=${planted(name)}` : planted(name);
        const { text, headers } = await target.browser().call(method, path, { headers: { [name]: value } });
        expect(text + JSON.stringify([...headers])).not.toContain(MARK);
      }
      await admin.get('/api/deals', { authorization: `Bearer ${key}` });
      await expectNotLogged();
    },
  );

  it.each([
    ['where it belongs', { email: emailOf('viewer'), password: planted('body') }],
    ['in a member that is unknown', { email: 'x', password: 'y', api_key: planted('body') }],
    ['in a body that is no JSON', `{"password":"${planted('body')}"`],
    ['in a body that is a text', `"${planted('body')}"`],
    ['of the wrong type', { email: 'x', password: [planted('body')] }],
    ['too deep', { password: { a: { b: { c: planted('body') } } } }],
  ])('in a body is not logged and not repeated: %s', async (_where, body) => {
    for (const path of ['/api/auth/login', '/api/auth/reauthenticate', '/api/auth/password', '/api/auth/setup', '/api/auth/register']) {
      const { text, status } = await admin.post(path, body);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toContain(MARK);
    }
    await expectNotLogged();
  });

  it('in a row that the database refuses is not logged and not repeated', async () => {
    // PostgreSQL quotes the whole row in the detail of such an error: with the hash of a password or a key in it.
    await target.database.query(`ALTER TABLE zakops.api_keys ADD CONSTRAINT refuse_all CHECK (name <> '${planted('row')}')`);
    try {
      const { status, text } = await admin.post('/api/auth/api-keys', { name: planted('row'), scopes: ['deals:read'] });
      expect(status).toBe(500);
      expect(text).not.toContain(MARK);
      await expectNotLogged();
      // What can be told is told: which rule was broken, and where.
      const line = target.log.split('\n').find((text) => text.includes('"level":"error"')) ?? '';
      expect(line).toContain('"code":"23514","constraint":"refuse_all","table":"api_keys"');
      expect(line).toContain('\\n    at ');
    } finally {
      await target.database.query('ALTER TABLE zakops.api_keys DROP CONSTRAINT refuse_all');
    }
  });

  it('that was used is nowhere in the database as it was given', async () => {
    await admin.post('/api/admin/operators', { email: 'invited@attacked.example', name: 'Invited', role: 'viewer' });
    const tables = await target.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'zakops'::regnamespace AND relkind = 'r'`,
    );
    const hidden = [PASSWORD, key, ...admin.cookies.values(), ...[...admin.cookies.values()].map((value) => value.split('.')[0] ?? value)];
    for (const { name } of tables) {
      const rows = await target.database.query<{ row: string }>(`SELECT t::text AS row FROM zakops.${name} t`);
      const found = rows.filter(({ row }) => hidden.some((secret) => row.includes(secret)));
      expect([name, found]).toEqual([name, []]);
    }
  });

  it('is in no description of the system', async () => {
    for (const path of [
      '/openapi.json',
      '/health',
      '/api/version',
      '/api/health/detailed',
      '/api/admin/system/health',
      '/api/admin/audit?limit=200',
    ]) {
      const { text, status } = await admin.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
    }
  });
});
