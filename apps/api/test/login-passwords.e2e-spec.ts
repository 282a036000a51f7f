import { pbkdf2Sync } from 'node:crypto';
import { LoginApi, PASSWORD } from './login-harness.js';

const OTHER = 'another horse battery staple';

interface Session {
  readonly id: string;
  readonly current: boolean;
}

describe('passwords over HTTP', () => {
  let api: LoginApi;

  beforeAll(async () => {
    api = await LoginApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  const storedHash = async (id: string): Promise<string> => {
    const [row] = await api.database.query<{ password_hash: string }>('SELECT password_hash FROM zakops.operators WHERE id = $1', [id]);
    return row?.password_hash ?? '';
  };

  describe('POST /api/auth/password', () => {
    it('sets the new one, ends every other session, and goes on with new cookies', async () => {
      const ann = await api.loggedIn('ann@example.com');
      const [elsewhere, before] = [api.visitor(), api.visitor()];
      await elsewhere.logIn('ann@example.com');
      for (const [name, value] of ann.cookies) before.cookies.set(name, value);
      const { status, body } = await ann.post('/auth/password', { current_password: PASSWORD, new_password: OTHER });
      expect([status, body['message']]).toEqual([200, 'Password changed']);
      expect((await ann.get('/auth/me')).status).toBe(200);
      expect((await elsewhere.get('/auth/me')).status).toBe(401);
      // Another tab of the same browser reads on, and is told to send again what would change something.
      expect((await before.get('/auth/me')).status).toBe(200);
      const late = await before.post('/auth/api-keys', { name: 'late', scopes: ['deals:read'] });
      expect([late.status, late.body['code']]).toEqual([409, 'SESSION_REPLACED']);
      expect((await ann.get<Session[]>('/auth/sessions')).body).toEqual([expect.objectContaining({ current: true })]);
      expect((await api.visitor().logIn('ann@example.com')).status).toBe(401);
      expect((await api.visitor().logIn('ann@example.com', OTHER)).status).toBe(200);
    });

    it('refuses a wrong present one, and a new one that breaks the rule, naming the field', async () => {
      const bob = await api.loggedIn('bob@example.com');
      const wrong = await bob.post('/auth/password', { current_password: `${PASSWORD}?`, new_password: OTHER });
      expect([wrong.status, wrong.body['code']]).toEqual([401, 'INVALID_CREDENTIALS']);
      for (const [password, code] of [
        ['x'.repeat(11), 'TOO_SHORT'],
        ['x'.repeat(129), 'TOO_LONG'],
        ['BOB@example.com', 'TOO_SIMPLE'],
      ]) {
        const { status, body } = await bob.post('/auth/password', { current_password: PASSWORD, new_password: password });
        expect([status, body['code']]).toEqual([400, 'VALIDATION_ERROR']);
        expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/new_password', code })]);
      }
      expect((await api.visitor().logIn('bob@example.com')).status).toBe(200);
      // 128 characters, typed as 384.
      const longest = '한'.repeat(128);
      const set = { current_password: PASSWORD, new_password: longest.normalize('NFD') };
      expect((await bob.post('/auth/password', set)).status).toBe(200);
      expect((await api.visitor().logIn('bob@example.com', longest)).status).toBe(200);
    });

    it('opens everything again to somebody who had to change it', async () => {
      const kim = await api.loggedIn('kim@example.com');
      await api.database.query(`UPDATE zakops.operators SET must_change_password = true WHERE id = $1`, [kim.id]);
      const again = api.visitor();
      await again.logIn('kim@example.com');
      const closed = await again.get('/deals');
      expect([closed.status, closed.body['code']]).toEqual([403, 'PASSWORD_CHANGE_REQUIRED']);
      expect((await again.post('/auth/password', { current_password: PASSWORD, new_password: OTHER })).status).toBe(200);
      expect((await again.get('/deals')).status).toBe(200);
    });

    it('lets one of two changes at the same moment win', async () => {
      const eve = await api.loggedIn('eve@example.com');
      const change = (password: string): Promise<number> =>
        eve.post('/auth/password', { current_password: PASSWORD, new_password: password }).then(({ status }) => status);
      const statuses = await Promise.all([change(`${OTHER} 1`), change(`${OTHER} 2`)]);
      expect(statuses.sort()).toEqual([200, 401]);
      const logins = [
        await api.visitor().logIn('eve@example.com', `${OTHER} 1`),
        await api.visitor().logIn('eve@example.com', `${OTHER} 2`),
      ];
      expect(logins.map(({ status }) => status).sort()).toEqual([200, 401]);
    });
  });

  describe('POST /api/auth/reauthenticate', () => {
    it('makes a stale login fresh again, under another session id', async () => {
      const ann = await api.loggedIn('stale@example.com');
      const before = (await ann.get('/auth/me')).body['session_id'];
      await api.database.query(`UPDATE zakops.sessions SET authenticated_at = now() - interval '16 minutes' WHERE id = $1`, [before]);
      const make = (): Promise<{ status: number; body: Record<string, unknown> }> =>
        ann.post('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });
      // What was remembered of the session is forgotten within five seconds; a new process would know at once.
      const other = await LoginApi.start({}, api.database);
      try {
        const elsewhere = other.visitor();
        for (const [name, value] of ann.cookies) elsewhere.cookies.set(name, value);
        elsewhere.csrfToken = ann.csrfToken;
        const stale = await elsewhere.post('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });
        expect([stale.status, stale.body['code']]).toEqual([403, 'REAUTHENTICATION_REQUIRED']);
      } finally {
        await other.stop();
      }
      expect((await ann.post('/auth/reauthenticate', { password: 'not the password' })).status).toBe(401);
      const { status, body } = await ann.post('/auth/reauthenticate', { password: PASSWORD });
      expect([status, body['message']]).toEqual([200, 'Password accepted']);
      expect((await make()).status).toBe(201);
      expect((await ann.get('/auth/me')).body['session_id']).not.toBe(before);
    });
  });

  it('tells the second of two that give the password again at the same moment to send it again', async () => {
    const ann = await api.loggedIn('two-tabs@example.com');
    const [first, second] = [api.visitor(), api.visitor()];
    for (const tab of [first, second]) {
      for (const [name, value] of ann.cookies) tab.cookies.set(name, value);
      tab.csrfToken = ann.csrfToken;
    }
    const answers = await Promise.all([first, second].map((tab) => tab.post('/auth/reauthenticate', { password: PASSWORD })));
    expect(answers.map(({ status, body }) => [status, body['code']]).sort()).toEqual([
      [200, undefined],
      [409, 'SESSION_REPLACED'],
    ]);
    const winner = answers[0]?.status === 200 ? first : second;
    expect((await winner.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(200);
  });

  describe('stored hashes', () => {
    it('accepts one of a password as it was typed, and stores that of its one spelling', async () => {
      const typed = 'cafe\u0301 horse battery';
      const id = await api.operator('typed@example.com');
      const salt = '00112233445566778899aabbccddeeff';
      const hash = pbkdf2Sync(typed, salt, 100_000, 32, 'sha256').toString('hex');
      await api.database.query('UPDATE zakops.operators SET password_hash = $2 WHERE id = $1', [
        id,
        `pbkdf2_sha256$100000$${salt}$${hash}`,
      ]);
      expect((await api.visitor().logIn('typed@example.com', typed)).status).toBe(200);
      expect((await api.visitor().logIn('typed@example.com', typed.normalize('NFC'))).status).toBe(200);
    });

    it('accepts one of the original once, and stores it as argon2id', async () => {
      const id = await api.operator('legacy@example.com');
      const salt = '00112233445566778899aabbccddeeff';
      const hash = pbkdf2Sync(PASSWORD, salt, 100_000, 32, 'sha256').toString('hex');
      await api.database.query('UPDATE zakops.operators SET password_hash = $2 WHERE id = $1', [
        id,
        `pbkdf2_sha256$100000$${salt}$${hash}`,
      ]);
      expect((await api.visitor().logIn('legacy@example.com', `${PASSWORD}?`)).status).toBe(401);
      expect(await storedHash(id)).toMatch(/^pbkdf2_sha256/);
      await api.newEntries();
      expect((await api.visitor().logIn('legacy@example.com')).status).toBe(200);
      expect(await storedHash(id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect(await api.newEntries()).toEqual([
        expect.objectContaining({ action: 'session.opened', details: expect.objectContaining({ hash_upgraded: true }) }),
      ]);
      const upgraded = await storedHash(id);
      expect((await api.visitor().logIn('legacy@example.com')).status).toBe(200);
      expect(await storedHash(id)).toBe(upgraded);
    });

    it('takes a password for the same however its letters are composed', async () => {
      const composed = 'caf\u00e9 caf\u00e9 caf\u00e9';
      const ann = await api.loggedIn('accents@example.com');
      expect((await ann.post('/auth/password', { current_password: PASSWORD, new_password: composed })).status).toBe(200);
      expect((await api.visitor().logIn('accents@example.com', composed.normalize('NFD'))).status).toBe(200);
    });
  });

  describe('POST /api/auth/setup', () => {
    const issue = async (email: string, expires = '1 hour'): Promise<string> => {
      const id = await api.operator(email);
      const token = `zks_${email}`;
      await api.database.query(
        `INSERT INTO zakops.operator_setup_tokens (token_hash, operator_id, purpose, expires_at)
         VALUES (sha256(convert_to($1, 'UTF8')), $2, 'reset', now() + $3::interval)`,
        [token, id, expires],
      );
      return token;
    };

    it('takes a token once, also when it comes twice at the same moment', async () => {
      const token = await issue('twice@example.com');
      const set = (password: string): Promise<number> =>
        api
          .visitor()
          .post('/auth/setup', { token, password })
          .then(({ status }) => status);
      expect((await Promise.all([set(`${OTHER} 1`), set(`${OTHER} 2`)])).sort()).toEqual([200, 401]);
      expect(await set(`${OTHER} 3`)).toBe(401);
    });

    it('keeps the token when the password is refused', async () => {
      const token = await issue('weak@example.com');
      const weak = await api.visitor().post('/auth/setup', { token, password: 'weak@example.com' });
      expect([weak.status, weak.body['errors']]).toEqual([400, [expect.objectContaining({ pointer: '/password', code: 'TOO_SIMPLE' })]]);
      expect((await api.visitor().post('/auth/setup', { token, password: OTHER })).status).toBe(200);
    });

    it('refuses one that is unknown, expired, or of a disabled operator, alike', async () => {
      const expired = await issue('expired@example.com', '-1 second');
      const disabled = await issue('disabled@example.com');
      await api.database.query(`UPDATE zakops.operators SET status = 'disabled' WHERE email = 'disabled@example.com'`);
      for (const token of ['zks_unknown', expired, disabled]) {
        const { status, body } = await api.visitor().post('/auth/setup', { token, password: OTHER });
        expect([status, body['code'], body['detail']]).toEqual([
          401,
          'INVALID_CREDENTIALS',
          'This setup token is not valid or not valid any more; ask an administrator for a new token.',
        ]);
      }
    });
  });

  describe('POST /api/auth/register', () => {
    it('is closed unless it is opened', async () => {
      const { status, body } = await api.visitor().post('/auth/register', { email: 'new@example.com', password: PASSWORD, name: 'New' });
      expect([status, body['code']]).toEqual([403, 'FORBIDDEN']);
      expect(await api.database.query(`SELECT FROM zakops.operators WHERE email = 'new@example.com'`)).toHaveLength(0);
    });

    it('makes an analyst where it is open, refuses a known e-mail, and takes no role', async () => {
      const open = await LoginApi.start({ ALLOW_REGISTRATION: 'true' }, api.database);
      try {
        const body = { email: 'New@example.com', password: PASSWORD, name: ' New One ' };
        const made = await open.visitor().post('/auth/register', body);
        expect([made.status, made.body]).toEqual([
          201,
          { id: expect.any(String), email: 'new@example.com', name: 'New One', role: 'analyst' },
        ]);
        const again = await open.visitor().post('/auth/register', { ...body, email: ' NEW@EXAMPLE.COM' });
        expect([again.status, again.body['code']]).toEqual([409, 'CONFLICT']);
        for (const extra of [{ role: 'admin' }, { status: 'active' }, { id: made.body['id'] }]) {
          const greedy = await open.visitor().post('/auth/register', { ...body, email: 'greedy@example.com', ...extra });
          expect([greedy.status, greedy.body['errors']]).toEqual([400, [expect.objectContaining({ code: 'UNKNOWN_FIELD' })]]);
        }
        expect((await open.visitor().logIn('new@example.com')).status).toBe(200);
      } finally {
        await open.stop();
      }
    });
  });

  describe('sessions', () => {
    it('lists the own ones, ends one, then the others, then all', async () => {
      const ann = await api.loggedIn('many@example.com');
      const [first, second] = [api.visitor(), api.visitor()];
      await first.logIn('many@example.com');
      await second.logIn('many@example.com');
      const stranger = await api.loggedIn('stranger@example.com');

      const sessions = (await ann.get<Session[]>('/auth/sessions')).body;
      expect(sessions.map(({ current }) => current).sort()).toEqual([false, false, true]);
      const firstId = String((await first.get('/auth/me')).body['session_id']);
      expect((await stranger.call('DELETE', `/auth/sessions/${firstId}`)).status).toBe(404);
      expect((await ann.call('DELETE', `/auth/sessions/${firstId}`)).status).toBe(204);
      expect((await first.get('/auth/me')).status).toBe(401);
      expect((await ann.call('DELETE', `/auth/sessions/${firstId}`)).status).toBe(404);

      expect((await ann.call('DELETE', '/auth/sessions?keep_current=true')).body).toEqual({ ended: 1, api_keys_left: 0 });
      expect((await second.get('/auth/me')).status).toBe(401);
      expect((await ann.get('/auth/me')).status).toBe(200);
      expect((await ann.call('DELETE', '/auth/sessions')).body).toEqual({ ended: 1, api_keys_left: 0 });
      expect([...ann.cookies.keys()]).toEqual(['zakops_device']);
      expect((await stranger.get('/auth/me')).status).toBe(200);
    });
  });

  it('has nothing to offer to the stand-in of a system without login, and says so', async () => {
    const open = await LoginApi.start({ AUTH_REQUIRED: 'false' }, api.database);
    try {
      const anybody = open.visitor();
      expect((await anybody.get('/auth/me')).body).toMatchObject({
        email: 'dev@zakops.local',
        authenticated_by: 'development',
        csrf_token: null,
      });
      expect((await anybody.get('/auth/sessions')).body).toEqual([]);
      for (const [path, body] of [
        ['/auth/api-keys', { name: 'x', scopes: ['deals:read'] }],
        ['/auth/reauthenticate', { password: PASSWORD }],
        ['/auth/password', { current_password: PASSWORD, new_password: OTHER }],
      ] as const) {
        const { status, body: problem } = await anybody.post(path, body);
        expect([path, status, problem['detail']]).toEqual([
          path,
          403,
          'There is no operator account behind this call; log in as an operator.',
        ]);
      }
      expect((await anybody.call('DELETE', '/auth/sessions')).status).toBe(403);
      expect((await anybody.post('/auth/logout')).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});
