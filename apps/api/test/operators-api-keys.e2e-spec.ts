import { waitFor } from '#zakops/testing';
import { LoginApi } from './login-harness.js';
import type { LoginAnswer, Visitor } from './login-harness.js';

interface Issued {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly rotated_from: string | null;
}

const DAY_MS = 86_400_000;
const NOBODY = '01a20766-1903-7000-b53a-f1a67f726fc3';

describe('/api/auth/api-keys', () => {
  let api: LoginApi;
  let ann: Visitor & { readonly id: string };

  beforeAll(async () => {
    api = await LoginApi.start();
    ann = await api.loggedIn('ann@example.com');
  });

  afterAll(async () => {
    await api.stop();
  });

  const make = (who: Visitor, body: object): Promise<LoginAnswer<Issued>> => who.post<Issued>('/auth/api-keys', body);
  const withKey = (key: string, method = 'GET', path = '/deals', body?: object): Promise<LoginAnswer> =>
    api.visitor().call(method, path, body, { authorization: `Bearer ${key}` });

  it('makes a key that is shown once, stored nowhere, and may do what its scopes say', async () => {
    const { status, body, headers } = await make(ann, { name: ' nightly import ', scopes: ['deals:write', 'deals:read'] });
    expect(status).toBe(201);
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
    expect(body).toEqual({
      id: expect.any(String),
      operator_id: ann.id,
      name: 'nightly import',
      key: expect.stringMatching(/^zko_[0-9A-Za-z]{36}$/),
      prefix: body.key.slice(0, 12),
      scopes: ['deals:read', 'deals:write'],
      created_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      last_used_at: null,
      revoked_at: null,
      rotated_from: null,
    });
    // Nobody said when it ends, so it lasts as long as is allowed.
    expect(Date.parse(body.expires_at ?? '') - Date.parse(body.created_at)).toBe(365 * DAY_MS);
    expect((await withKey(body.key)).status).toBe(200);
    expect((await withKey(body.key, 'POST', '/deals', { canonical_name: 'by key' })).status).toBe(201);
    expect((await withKey(body.key, 'GET', '/pipeline/stats')).status).toBe(200);
    expect((await withKey(body.key, 'GET', '/auth/me')).body).toMatchObject({
      id: ann.id,
      authenticated_by: 'api_key',
      api_key_id: body.id,
      scopes: ['deals:read', 'deals:write'],
      session_id: null,
      csrf_token: null,
    });
    for (const table of ['api_keys', 'audit_log', 'events', 'idempotency_keys']) {
      expect(JSON.stringify(await api.database.query(`SELECT to_jsonb(t) AS row FROM zakops.${table} t`))).not.toContain(body.key);
    }
    const listed = (await ann.get<Record<string, unknown>[]>('/auth/api-keys')).body;
    expect(listed.map(({ id }) => id)).toContain(body.id);
    expect(JSON.stringify(listed)).not.toContain(body.key);
  });

  it('is no way around the session: a key manages neither keys nor sessions nor passwords', async () => {
    const admin = await api.loggedIn('admin@example.com', 'admin');
    const { body } = await make(admin, { name: 'all of it', scopes: ['admin:users', 'admin:system', 'deals:read'] });
    for (const [method, path, sent] of [
      ['GET', '/auth/api-keys', undefined],
      ['POST', '/auth/api-keys', { name: 'child', scopes: ['deals:read'] }],
      ['POST', `/auth/api-keys/${body.id}/rotate`, {}],
      ['GET', '/auth/sessions', undefined],
      ['POST', '/auth/password', { current_password: 'x', new_password: 'a password that is long enough' }],
      ['POST', '/admin/operators', { email: 'x@example.com', name: 'x', role: 'admin' }],
      ['DELETE', `/admin/api-keys/${body.id}`, undefined],
    ] as const) {
      expect([path, (await withKey(body.key, method, path, sent)).status]).toEqual([path, 403]);
    }
    expect((await withKey(body.key, 'GET', '/admin/operators')).status).toBe(200);
  });

  it('refuses scopes that its maker does not hold, unknown ones, none, and an end in the past', async () => {
    const viewer = await api.loggedIn('viewer@example.com', 'viewer');
    const greedy = await make(viewer, { name: 'x', scopes: ['deals:read', 'deals:write', 'admin:users'] });
    expect([greedy.status, greedy.body]).toEqual([
      403,
      expect.objectContaining({ code: 'FORBIDDEN', detail: 'Your role does not hold deals:write, admin:users, so your keys cannot.' }),
    ]);
    for (const body of [
      { name: 'x', scopes: [] },
      { name: 'x', scopes: ['deals:burn'] },
      { name: ' ', scopes: ['deals:read'] },
      { name: 'x', scopes: ['deals:read'], expires_at: '2020-01-01T00:00:00Z' },
      { name: 'x', scopes: ['deals:read'], expires_at: new Date(Date.now() + 366 * DAY_MS).toISOString() },
      { name: 'x', scopes: ['deals:read'], operator_id: ann.id },
      { scopes: ['deals:read'] },
    ]) {
      expect([body, (await make(viewer, body)).status]).toEqual([body, 400]);
    }
    expect((await viewer.get<unknown[]>('/auth/api-keys')).body).toEqual([]);
  });

  it('may do no more than its owner may now', async () => {
    const id = await api.operator('falling@example.com');
    const owner = api.visitor();
    await owner.logIn('falling@example.com');
    const admin = api.visitor();
    await admin.logIn('admin@example.com');
    const { body } = await make(owner, { name: 'x', scopes: ['deals:read', 'deals:write'] });
    const open = (): Promise<LoginAnswer> => withKey(body.key, 'POST', '/deals', { canonical_name: 'acme' });
    expect((await open()).status).toBe(201);
    await admin.call('PATCH', `/admin/operators/${id}`, { role: 'viewer' });
    await waitFor('the role', async () => (await open()).status === 403, 5_000);
    expect((await withKey(body.key)).status).toBe(200);
    await admin.call('PATCH', `/admin/operators/${id}`, { status: 'disabled' });
    await waitFor('the end', async () => (await withKey(body.key)).status === 401, 5_000);
  });

  it('is replaced: both count for a while, or the old one ends at once', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const first = (await make(ann, { name: 'rotated', scopes: ['deals:read'], expires_at: expiresAt })).body;
    const second = await ann.post<Issued>(`/auth/api-keys/${first.id}/rotate`);
    expect(second.status).toBe(201);
    expect(second.body).toMatchObject({ name: 'rotated', scopes: ['deals:read'], rotated_from: first.id });
    expect(second.body.key).not.toBe(first.key);
    expect([(await withKey(first.key)).status, (await withKey(second.body.key)).status]).toEqual([200, 200]);

    const third = await ann.post<Issued>(`/auth/api-keys/${second.body.id}/rotate`, { overlap_seconds: 0 });
    expect((await withKey(second.body.key)).status).toBe(401);
    expect((await withKey(third.body.key)).status).toBe(200);
    expect((await ann.post(`/auth/api-keys/${second.body.id}/rotate`)).status).toBe(404);
    expect((await ann.post(`/auth/api-keys/${third.body.id}/rotate`, { overlap_seconds: 604_801 })).status).toBe(400);
    expect((await ann.post(`/auth/api-keys/${third.body.id}/rotate`, { overlap_seconds: -1 })).status).toBe(400);
  });

  it('is replaced by one with an end, also when it was made before keys had one', async () => {
    const { body } = await make(ann, { name: 'endless', scopes: ['deals:read'] });
    await api.database.query('UPDATE zakops.api_keys SET expires_at = NULL WHERE id = $1', [body.id]);
    const { body: next } = await ann.post<Issued>(`/auth/api-keys/${body.id}/rotate`);
    expect(Date.parse(String(next.expires_at)) - Date.parse(next.created_at)).toBe(365 * DAY_MS);
  });

  it('is rotated by one of two who do so at the same moment, when there is no overlap', async () => {
    const { body } = await make(ann, { name: 'raced', scopes: ['deals:read'] });
    const rotate = (): Promise<number> => ann.post(`/auth/api-keys/${body.id}/rotate`, { overlap_seconds: 0 }).then(({ status }) => status);
    expect((await Promise.all([rotate(), rotate()])).sort()).toEqual([201, 404]);
  });

  it('ends when it is revoked, and is nobody else’s to end or to rotate', async () => {
    const { body } = await make(ann, { name: 'short', scopes: ['deals:read'] });
    const stranger = await api.loggedIn('stranger@example.com');
    expect((await stranger.call('DELETE', `/auth/api-keys/${body.id}`)).status).toBe(404);
    expect((await stranger.post(`/auth/api-keys/${body.id}/rotate`)).status).toBe(404);
    expect((await withKey(body.key)).status).toBe(200);
    expect((await ann.call('DELETE', `/auth/api-keys/${body.id}`)).status).toBe(204);
    expect((await withKey(body.key)).status).toBe(401);
    expect((await ann.call('DELETE', `/auth/api-keys/${body.id}`)).status).toBe(404);
    expect((await ann.call('DELETE', `/auth/api-keys/${NOBODY}`)).status).toBe(404);
  });

  it('is not given out again to a repeated call with the same idempotency key', async () => {
    const call = (): Promise<LoginAnswer> =>
      ann.call('POST', '/auth/api-keys', { name: 'once', scopes: ['deals:read'] }, { 'idempotency-key': 'make-once' });
    const first = await call();
    expect(first.status).toBe(201);
    const second = await call();
    expect([second.status, second.body['code']]).toEqual([409, 'IDEMPOTENT_ANSWER_WAS_SECRET']);
    const made = (await ann.get<{ name: string }[]>('/auth/api-keys')).body.filter(({ name }) => name === 'once');
    expect(made).toHaveLength(1);
  });
});
