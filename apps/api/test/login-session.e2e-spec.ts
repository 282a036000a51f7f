import { AccessChanges } from '#zakops/auth';
import { loadApiConfig } from '../src/bootstrap/api-config.js';
import { LoginApi, PASSWORD } from './login-harness.js';

describe('login', () => {
  let api: LoginApi;

  beforeAll(async () => {
    api = await LoginApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  it('opens a session with its cookies, and answers who it is', async () => {
    const id = await api.operator('ann@example.com', 'analyst', 'Ann Example');
    const ann = api.visitor();
    const answer = await ann.logIn(' ANN@Example.com ');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      message: 'Login successful',
      operator: { id, email: 'ann@example.com', name: 'Ann Example', role: 'analyst' },
      csrf_token: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: expect.stringMatching(/Z$/),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const lifeMs = Date.parse(String(answer.body['expires_at'])) - Date.now();
    expect(Math.abs(lifeMs - 24 * 3_600_000)).toBeLessThan(60_000);
    const [session = '', csrf = '', device = ''] = answer.headers.getSetCookie();
    expect(session).toMatch(/^zakops_session=[\w.-]+; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(csrf).toMatch(/^zakops_csrf=[\w-]+; Max-Age=86400; Path=\/; SameSite=Strict$/);
    expect(device).toMatch(/^zakops_device=[\w.-]+; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/);

    const me = await ann.get('/auth/me');
    expect(me.body).toMatchObject({
      id,
      email: 'ann@example.com',
      role: 'analyst',
      authenticated_by: 'session',
      csrf_token: answer.body['csrf_token'],
    });
    expect((await ann.get('/auth/check')).body).toEqual({
      authenticated: true,
      operator: { id, email: 'ann@example.com', name: 'Ann Example', role: 'analyst' },
    });
    expect((await api.visitor().get('/auth/check')).body).toEqual({ authenticated: false, operator: null });
    expect((await api.visitor().get('/auth/me')).status).toBe(401);
  });

  it('takes a new session at every login, and ends the session of the browser', async () => {
    const bob = await api.loggedIn('bob@example.com');
    const before = new Map(bob.cookies);
    expect((await bob.logIn('bob@example.com')).status).toBe(200);
    expect(bob.cookies.get('zakops_session')).not.toBe(before.get('zakops_session'));
    const thief = api.visitor();
    for (const [name, value] of before) thief.cookies.set(name, value);
    // Calls that were under way read on for four seconds; nothing can be changed with it.
    expect((await thief.get('/auth/me')).status).toBe(200);
    thief.csrfToken = String((await thief.get('/auth/me')).body['csrf_token']);
    expect((await thief.post('/auth/logout')).body['code']).toBe('SESSION_REPLACED');
    expect((await bob.get('/auth/me')).status).toBe(200);
    await bob.post('/auth/logout');
    api.app.get(AccessChanges).notify(undefined);
    expect((await thief.get('/auth/me')).status).toBe(401);
  });

  it('ends the session at logout', async () => {
    const eve = await api.loggedIn('eve@example.com');
    const kept = api.visitor();
    for (const [name, value] of eve.cookies) kept.cookies.set(name, value);
    const { body, headers } = await eve.post('/auth/logout');
    expect([body, headers.get('clear-site-data')]).toEqual([{ message: 'Logged out successfully' }, '"cache"']);
    // The browser stays known: it lets nobody in, it keeps apart what strangers try.
    expect([...eve.cookies.keys()]).toEqual(['zakops_device']);
    expect((await kept.get('/auth/me')).status).toBe(401);
  });

  it('answers every failure alike, word for word', async () => {
    const off = await api.operator('off@example.com');
    await api.operator('locked@example.com');
    const fresh = await api.operator('fresh@example.com');
    await api.database.query(`UPDATE zakops.operators SET status = 'disabled' WHERE id = $1`, [off]);
    await api.database.query(`UPDATE zakops.operators SET status = 'invited', password_hash = NULL WHERE id = $1`, [fresh]);
    await api.database.query(`UPDATE zakops.operators SET locked_until = now() + interval '1 minute' WHERE email = 'locked@example.com'`);
    const answers = [];
    for (const email of ['nobody@example.com', 'off@example.com', 'locked@example.com', 'fresh@example.com']) {
      answers.push(await api.visitor().logIn(email));
    }
    answers.push(await api.visitor().logIn('ann@example.com', `${PASSWORD}!`));
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.getSetCookie()).toEqual([]);
      const { code, detail, title, type } = body;
      expect({ code, detail, title, type }).toEqual({
        code: 'INVALID_CREDENTIALS',
        detail: 'The e-mail or the password is wrong, or this account cannot log in at the moment.',
        title: 'Wrong e-mail or password',
        type: expect.stringContaining('invalid') as string,
      });
    }
  });

  it('does not start in production with an open registration, or without login', () => {
    const production = {
      APP_ENV: 'production',
      AUTH_REQUIRED: 'true',
      SESSION_SECRET: 's'.repeat(40),
      DATABASE_URL: 'postgresql://zakops@127.0.0.1:1/zakops?sslmode=verify-full',
    };
    const problems = (env: Readonly<Record<string, string>>): string => {
      try {
        loadApiConfig({ ...production, ...env });
        return '';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    };
    expect(problems({})).not.toMatch(/ALLOW_REGISTRATION|AUTH_REQUIRED/);
    expect(problems({ ALLOW_REGISTRATION: 'true' })).toMatch(/ALLOW_REGISTRATION must not be true when APP_ENV is production/);
    expect(problems({ AUTH_REQUIRED: 'false' })).toMatch(/AUTH_REQUIRED must be true/);
  });
});
