import { waitFor } from '#zakops/testing';
import { LoginApi, PASSWORD } from './login-harness.js';
import type { LoginAnswer, Visitor } from './login-harness.js';

const OTHER = 'another horse battery staple';
const PUSHED_WITHIN_MS = 5_000;
const NOBODY = '01a20766-1903-7000-b53a-f1a67f726fc3';

type Person = Visitor & { readonly id: string };

describe('/api/admin/operators', () => {
  let api: LoginApi;
  let admin: Person;

  beforeAll(async () => {
    api = await LoginApi.start();
  });

  afterAll(async () => {
    await api.stop();
  });

  beforeEach(async () => {
    await api.database.query('TRUNCATE zakops.operators CASCADE');
    admin = await api.loggedIn('admin@example.com', 'admin');
  });

  const patch = (who: Visitor, id: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<LoginAnswer> =>
    who.call('PATCH', `/admin/operators/${id}`, body, headers);

  it('knows an e-mail in every case and form of its letters, and shows it as it was given', async () => {
    await api.operator('caf\u00E9@straße.example');
    const again = await admin.post('/admin/operators', { email: 'CAFE\u0301@STRASSE.example', name: 'x', role: 'viewer' });
    expect([again.status, again.body['code']]).toEqual([409, 'CONFLICT']);
    const login = await api.visitor().logIn('Cafe\u0301@strasse.example');
    expect(login.status).toBe(200);
    expect(login.body['operator']).toMatchObject({ email: 'caf\u00E9@straße.example' });
  });

  it('invites somebody, who sets a password once and logs in', async () => {
    const invited = await admin.post('/admin/operators', { email: ' Ann@Example.com', name: 'Ann', role: 'operator' });
    expect(invited.status).toBe(201);
    expect(invited.body).toMatchObject({
      email: 'ann@example.com',
      role: 'analyst',
      status: 'invited',
      has_password: false,
      last_login_at: null,
    });
    const id = String(invited.body['id']);
    expect(invited.headers.get('location')).toBe(`/api/admin/operators/${id}`);
    // The tag is the version alone: no digest of a body with a token.
    expect([invited.headers.get('cache-control'), invited.headers.get('etag')]).toEqual(['no-store', '"1"']);
    const token = String(invited.body['setup_token']);
    expect(token).toMatch(/^zks_[\w-]{43}$/);
    const hours = (Date.parse(String(invited.body['setup_token_expires_at'])) - Date.now()) / 3_600_000;
    expect(Math.abs(hours - 72)).toBeLessThan(0.1);
    // Neither the table nor the log nor the events hold it.
    for (const table of ['operators', 'operator_setup_tokens', 'audit_log', 'events']) {
      expect(JSON.stringify(await api.database.query(`SELECT to_jsonb(t) AS row FROM zakops.${table} t`))).not.toContain(token);
    }

    const ann = api.visitor();
    expect((await ann.logIn('ann@example.com')).status).toBe(401);
    const set = await ann.post('/auth/setup', { token, password: PASSWORD });
    expect(set.body).toEqual({ message: 'Password set', operator: { id, email: 'ann@example.com', name: 'Ann', role: 'analyst' } });
    expect((await ann.logIn('ann@example.com')).status).toBe(200);
    const shown = (await admin.get(`/admin/operators/${id}`)).body;
    expect(shown).toMatchObject({ status: 'active', has_password: true, last_login_at: expect.stringMatching(/Z$/) });
    expect(Object.keys(shown)).not.toContain('setup_token');
    expect((await admin.post('/admin/operators', { email: 'ann@example.com', name: 'Ann', role: 'viewer' })).status).toBe(409);
  });

  it('answers a write as a read does, also one that changes nothing', async () => {
    const { body: invited } = await admin.post('/admin/operators', { email: 'ann@example.com', name: 'Ann', role: 'viewer' });
    const path = `/admin/operators/${String(invited['id'])}`;
    expect(invited).toMatchObject((await admin.get(path)).body);
    for (const name of ['Anna', 'Anna']) {
      const written = await patch(admin, String(invited['id']), { name });
      const read = await admin.get(path);
      expect(written.body).toEqual(read.body);
      for (const { headers } of [written, read]) expect(headers.get('etag')?.split(/["-]/)[1]).toBe('2');
    }
  });

  it('lists operators page by page, and by role and status', async () => {
    for (let n = 0; n < 5; n += 1) await admin.post('/admin/operators', { email: `v${String(n)}@example.com`, name: 'V', role: 'viewer' });
    const emails: unknown[] = [];
    let path: string | undefined = '/admin/operators?limit=2';
    while (path !== undefined) {
      const page: LoginAnswer<Record<string, unknown>[]> = await admin.get(path);
      expect(page.status).toBe(200);
      emails.push(...page.body.map((operator) => operator['email']));
      path = /<\/api([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(emails).toEqual(['admin@example.com', ...[0, 1, 2, 3, 4].map((n) => `v${String(n)}@example.com`)]);
    expect((await admin.get<unknown[]>('/admin/operators?role=viewer&status=invited')).body).toHaveLength(5);
    expect((await admin.get<unknown[]>('/admin/operators?role=operator')).body).toEqual([]);
    for (const query of ['cursor=forged', 'limit=0', 'role=boss', 'unheard=1']) {
      expect([query, (await admin.get(`/admin/operators?${query}`)).status]).toEqual([query, 400]);
    }
  });

  it('changes what was read, and refuses what was read too long ago', async () => {
    const ann = await api.loggedIn('ann@example.com');
    const read = await admin.get(`/admin/operators/${ann.id}`);
    const etag = read.headers.get('etag') ?? '';
    const [one, two] = await Promise.all([
      patch(admin, ann.id, { name: 'Ann One' }, { 'if-match': etag }),
      patch(admin, ann.id, { name: 'Ann Two' }, { 'if-match': etag }),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 412]);
    const now = await admin.get(`/admin/operators/${ann.id}`);
    expect(now.headers.get('etag')).not.toBe(etag);
    for (const body of [
      { email: 'x@example.com' },
      { id: NOBODY },
      { password: PASSWORD },
      { status: 'invited' },
      { role: 'boss' },
      { name: ' ' },
    ]) {
      expect([body, (await patch(admin, ann.id, body)).status]).toEqual([body, 400]);
    }
    expect((await patch(admin, NOBODY, { name: 'x' })).status).toBe(404);
    expect((await admin.get(`/admin/operators/${NOBODY}`)).status).toBe(404);
  });

  it('makes a new role felt in another process within five seconds, in a session that goes on', async () => {
    const other = await LoginApi.start({}, api.database);
    try {
      const ann = await api.loggedIn('ann@example.com');
      const elsewhere = other.visitor();
      for (const [name, value] of ann.cookies) elsewhere.cookies.set(name, value);
      elsewhere.csrfToken = ann.csrfToken;
      const open = (): Promise<LoginAnswer> => elsewhere.post('/deals', { canonical_name: 'acme' });
      expect((await open()).status).toBe(201);
      expect((await patch(admin, ann.id, { role: 'viewer' })).status).toBe(200);
      await waitFor('the role', async () => (await open()).status === 403, PUSHED_WITHIN_MS);
      expect((await elsewhere.get('/deals')).status).toBe(200);

      expect((await patch(admin, ann.id, { status: 'disabled' })).body).toMatchObject({ status: 'disabled' });
      await waitFor('the end', async () => (await elsewhere.get('/deals')).status === 401, PUSHED_WITHIN_MS);
      expect((await api.visitor().logIn('ann@example.com')).status).toBe(401);
      expect((await patch(admin, ann.id, { status: 'active' })).body).toMatchObject({ status: 'active' });
      // The sessions of before do not come back.
      expect((await elsewhere.get('/deals')).status).toBe(401);
      expect((await api.visitor().logIn('ann@example.com')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it('takes a password away, ends sessions, keys and a lock, and gives out a token', async () => {
    const ann = await api.loggedIn('ann@example.com');
    const key = await ann.post<{ key: string }>('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });
    await api.database.query(`UPDATE zakops.operators SET locked_until = now() + interval '10 minutes' WHERE id = $1`, [ann.id]);
    expect((await admin.get(`/admin/operators/${ann.id}`)).body['locked_until']).not.toBeNull();
    const reset = await admin.post(`/admin/operators/${ann.id}/reset`);
    expect(reset.status).toBe(201);
    expect((await ann.get('/auth/me')).status).toBe(401);
    expect((await api.visitor().logIn('ann@example.com')).status).toBe(401);
    expect((await admin.get(`/admin/operators/${ann.id}`)).body).toMatchObject({
      status: 'active',
      has_password: false,
      locked_until: null,
    });
    expect((await api.visitor().call('GET', '/deals', undefined, { authorization: `Bearer ${key.body.key}` })).status).toBe(401);

    // A second reset makes the first token useless.
    const again = await admin.post(`/admin/operators/${ann.id}/reset`);
    const setUp = (answer: LoginAnswer): Promise<LoginAnswer> =>
      api.visitor().post('/auth/setup', { token: answer.body['setup_token'], password: OTHER });
    expect((await setUp(reset)).status).toBe(401);
    expect((await setUp(again)).status).toBe(200);
    expect((await api.visitor().logIn('ann@example.com', OTHER)).status).toBe(200);
  });

  it('looks after sessions and keys of others', async () => {
    const ann = await api.loggedIn('ann@example.com');
    const second = api.visitor();
    await second.logIn('ann@example.com');
    const { body: key } = await ann.post<{ id: string; key: string }>('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });

    const sessions = (await admin.get<{ id: string }[]>(`/admin/operators/${ann.id}/sessions`)).body;
    expect(sessions).toHaveLength(2);
    const secondId = String((await second.get('/auth/me')).body['session_id']);
    expect((await admin.call('DELETE', `/admin/sessions/${secondId}`)).status).toBe(204);
    expect((await admin.call('DELETE', `/admin/sessions/${secondId}`)).status).toBe(404);
    expect((await second.get('/auth/me')).status).toBe(401);
    expect((await admin.call('DELETE', `/admin/operators/${ann.id}/sessions`)).body).toEqual({ ended: 1, api_keys_left: 1 });
    expect((await ann.get('/auth/me')).status).toBe(401);

    const keys = (await admin.get<Record<string, unknown>[]>(`/admin/operators/${ann.id}/api-keys`)).body;
    expect(keys).toEqual([expect.objectContaining({ id: key.id, operator_id: ann.id, name: 'import', revoked_at: null })]);
    expect(JSON.stringify(keys)).not.toContain(key.key);
    expect((await admin.call('DELETE', `/admin/api-keys/${key.id}`)).status).toBe(204);
    expect((await admin.call('DELETE', `/admin/api-keys/${key.id}`)).status).toBe(404);
    expect((await api.visitor().call('GET', '/deals', undefined, { authorization: `Bearer ${key.key}` })).status).toBe(401);

    for (const [method, path] of [
      ['GET', `/admin/operators/${NOBODY}/sessions`],
      ['DELETE', `/admin/operators/${NOBODY}/sessions`],
      ['GET', `/admin/operators/${NOBODY}/api-keys`],
      ['POST', `/admin/operators/${NOBODY}/reset`],
    ] as const) {
      expect([path, (await admin.call(method, path)).status]).toEqual([path, 404]);
    }
  });

  it('is closed to analysts and viewers', async () => {
    for (const role of ['analyst', 'viewer'] as const) {
      const somebody = await api.loggedIn(`${role}@example.com`, role);
      expect((await somebody.get('/admin/operators')).status).toBe(403);
      expect((await patch(somebody, somebody.id, { role: 'admin' })).status).toBe(403);
      expect((await somebody.post('/admin/operators', { email: 'x@example.com', name: 'x', role: 'admin' })).status).toBe(403);
    }
  });

  it('asks for the password again before a change, when it was given long ago', async () => {
    const ann = await api.operator('ann@example.com');
    await api.database.query(`UPDATE zakops.sessions SET authenticated_at = now() - interval '16 minutes'`);
    // A new process remembers nothing.
    const other = await LoginApi.start({}, api.database);
    try {
      const stale = other.visitor();
      for (const [name, value] of admin.cookies) stale.cookies.set(name, value);
      stale.csrfToken = admin.csrfToken;
      const { status, body } = await patch(stale, ann, { role: 'viewer' });
      expect([status, body['code']]).toEqual([403, 'REAUTHENTICATION_REQUIRED']);
      expect((await stale.get('/admin/operators')).status).toBe(200);
      await stale.post('/auth/reauthenticate', { password: PASSWORD });
      expect((await patch(stale, ann, { role: 'viewer' })).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  describe('the last administrator', () => {
    it('can be neither demoted nor disabled nor reset', async () => {
      // One without a password could not take over.
      await admin.post('/admin/operators', { email: 'invited@example.com', name: 'x', role: 'admin' });
      for (const [method, path, body] of [
        ['PATCH', '', { role: 'analyst' }],
        ['PATCH', '', { status: 'disabled' }],
        ['POST', '/reset', undefined],
      ] as const) {
        const { status, body: problem } = await admin.call(method, `/admin/operators/${admin.id}${path}`, body);
        expect([status, problem['code']]).toEqual([409, 'LAST_ADMIN']);
      }
      expect((await patch(admin, admin.id, { name: 'Renamed' })).status).toBe(200);
      expect((await admin.get('/auth/me')).body).toMatchObject({ role: 'admin', name: 'Renamed' });
    });

    it('is left when two of them demote, disable or reset each other at the same moment', async () => {
      const other = await LoginApi.start({}, api.database);
      try {
        for (let round = 0; round < 8; round += 1) {
          await api.database.query('TRUNCATE zakops.operators CASCADE');
          const [one, two] = [await api.loggedIn('one@example.com', 'admin'), await other.loggedIn('two@example.com', 'admin')];
          const against = (who: Person, whom: Person): Promise<LoginAnswer> =>
            round % 3 === 0
              ? patch(who, whom.id, { role: 'viewer' })
              : round % 3 === 1
                ? patch(who, whom.id, { status: 'disabled' })
                : who.post(`/admin/operators/${whom.id}/reset`);
          await Promise.all([against(one, two), against(two, one)]);
          const left = await api.database.query(
            `SELECT email FROM zakops.operators WHERE role = 'admin' AND status = 'active' AND password_hash IS NOT NULL`,
          );
          expect(left).toHaveLength(1);
        }
      } finally {
        await other.stop();
      }
    });
  });
});
