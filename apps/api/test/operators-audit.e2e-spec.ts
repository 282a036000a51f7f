import { LoginApi, PASSWORD } from './login-harness.js';
import type { LoginAnswer, Visitor } from './login-harness.js';

const OTHER_PASSWORD = 'another horse battery staple';

/** What one write operation is tried on; everything was made before, and its entries were read away. */
interface Scene {
  readonly admin: Visitor & { readonly id: string };
  readonly ann: Visitor & { readonly id: string };
  readonly annKey: string;
  readonly annSession: string;
  readonly setupToken: string;
}

interface Write {
  readonly call: (api: LoginApi, scene: Scene) => Promise<LoginAnswer>;
  readonly status: number;
  readonly action: string;
  readonly actor: 'admin@example.com' | 'ann@example.com' | 'new@example.com' | 'anonymous';
}

const scopes = { scopes: ['deals:read'] };

const WRITES: Readonly<Record<string, Write>> = {
  login: { call: (api) => api.visitor().logIn('ann@example.com'), status: 200, action: 'session.opened', actor: 'ann@example.com' },
  'login, refused': {
    call: (api) => api.visitor().logIn('ann@example.com', 'not her password'),
    status: 401,
    action: 'login.failed',
    actor: 'anonymous',
  },
  logout: { call: (_, { ann }) => ann.post('/auth/logout'), status: 200, action: 'session.ended', actor: 'ann@example.com' },
  reauthenticate: {
    call: (_, { ann }) => ann.post('/auth/reauthenticate', { password: PASSWORD }),
    status: 200,
    action: 'session.reauthenticated',
    actor: 'ann@example.com',
  },
  'reauthenticate, refused': {
    call: (_, { ann }) => ann.post('/auth/reauthenticate', { password: 'not her password' }),
    status: 401,
    action: 'login.failed',
    actor: 'ann@example.com',
  },
  register: {
    call: (api) => api.visitor().post('/auth/register', { email: 'new@example.com', password: PASSWORD, name: 'New' }),
    status: 201,
    action: 'operator.created',
    actor: 'new@example.com',
  },
  setUpPassword: {
    call: (api, { setupToken: token }) => api.visitor().post('/auth/setup', { token, password: OTHER_PASSWORD }),
    status: 200,
    action: 'password.set',
    actor: 'ann@example.com',
  },
  changePassword: {
    call: (_, { ann }) => ann.post('/auth/password', { current_password: PASSWORD, new_password: OTHER_PASSWORD }),
    status: 200,
    action: 'password.changed',
    actor: 'ann@example.com',
  },
  'changePassword, refused': {
    call: (_, { ann }) => ann.post('/auth/password', { current_password: 'not her password', new_password: OTHER_PASSWORD }),
    status: 401,
    action: 'login.failed',
    actor: 'ann@example.com',
  },
  endMySessions: {
    call: (_, { ann }) => ann.call('DELETE', '/auth/sessions'),
    status: 200,
    action: 'sessions.ended',
    actor: 'ann@example.com',
  },
  endMySession: {
    call: (_, { ann, annSession }) => ann.call('DELETE', `/auth/sessions/${annSession}`),
    status: 204,
    action: 'session.ended',
    actor: 'ann@example.com',
  },
  createApiKey: {
    call: (_, { ann }) => ann.post('/auth/api-keys', { name: 'import', ...scopes }),
    status: 201,
    action: 'api_key.created',
    actor: 'ann@example.com',
  },
  rotateApiKey: {
    call: (_, { ann, annKey }) => ann.post(`/auth/api-keys/${annKey}/rotate`),
    status: 201,
    action: 'api_key.rotated',
    actor: 'ann@example.com',
  },
  revokeApiKey: {
    call: (_, { ann, annKey }) => ann.call('DELETE', `/auth/api-keys/${annKey}`),
    status: 204,
    action: 'api_key.revoked',
    actor: 'ann@example.com',
  },
  inviteOperator: {
    call: (_, { admin }) => admin.post('/admin/operators', { email: 'invited@example.com', name: 'Invited', role: 'viewer' }),
    status: 201,
    action: 'operator.created',
    actor: 'admin@example.com',
  },
  updateOperator: {
    call: (_, { admin, ann }) => admin.call('PATCH', `/admin/operators/${ann.id}`, { role: 'viewer', status: 'disabled' }),
    status: 200,
    action: 'operator.updated',
    actor: 'admin@example.com',
  },
  resetOperator: {
    call: (_, { admin, ann }) => admin.post(`/admin/operators/${ann.id}/reset`),
    status: 201,
    action: 'operator.reset',
    actor: 'admin@example.com',
  },
  endOperatorSessions: {
    call: (_, { admin, ann }) => admin.call('DELETE', `/admin/operators/${ann.id}/sessions`),
    status: 200,
    action: 'sessions.ended',
    actor: 'admin@example.com',
  },
  endSession: {
    call: (_, { admin, annSession }) => admin.call('DELETE', `/admin/sessions/${annSession}`),
    status: 204,
    action: 'session.ended',
    actor: 'admin@example.com',
  },
  revokeAnyApiKey: {
    call: (_, { admin, annKey }) => admin.call('DELETE', `/admin/api-keys/${annKey}`),
    status: 204,
    action: 'api_key.revoked',
    actor: 'admin@example.com',
  },
};

describe('the audit log of operators', () => {
  let api: LoginApi;

  beforeAll(async () => {
    api = await LoginApi.start({ ALLOW_REGISTRATION: 'true' });
  });

  afterAll(async () => {
    await api.stop();
  });

  beforeEach(async () => {
    await api.database.query('TRUNCATE zakops.operators CASCADE');
  });

  async function makeScene(): Promise<Scene> {
    const admin = await api.loggedIn('admin@example.com', 'admin');
    const ann = await api.loggedIn('ann@example.com');
    const key = await ann.post<{ id: string }>('/auth/api-keys', { name: 'first', ...scopes });
    const second = api.visitor();
    await second.logIn('ann@example.com');
    const me = await second.get<{ session_id: string }>('/auth/me');
    // As a reset gives it out, but without taking the password away.
    const setupToken = `zks_${'x'.repeat(43)}`;
    await api.database.query(
      `INSERT INTO zakops.operator_setup_tokens (token_hash, operator_id, purpose, expires_at)
       VALUES (sha256(convert_to($1, 'UTF8')), $2, 'reset', now() + interval '1 hour')`,
      [setupToken, ann.id],
    );
    return { admin, ann, annKey: key.body.id, annSession: me.body.session_id, setupToken };
  }

  it('knows every write operation there is', async () => {
    const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string; tags?: string[] }>>;
    };
    const writes = Object.values(document.paths).flatMap((path) =>
      Object.entries(path).filter(([method, { tags }]) => method !== 'get' && tags?.some((tag) => tag === 'auth' || tag === 'operators')),
    );
    const tried = Object.keys(WRITES).filter((name) => !name.includes(','));
    expect(writes.map(([, { operationId }]) => operationId).sort()).toEqual(tried.sort());
  });

  it.each(Object.entries(WRITES))('%s leaves exactly one entry, that names who did it and no secret', async (_name, write) => {
    const scene = await makeScene();
    await api.newEntries();
    const { status, body } = await write.call(api, scene);
    expect(status).toBe(write.status);
    const entries = await api.newEntries();
    expect(entries).toEqual([
      expect.objectContaining({
        action: write.action,
        actor_type: 'user',
        actor_id: write.actor,
        address: expect.stringMatching('127.0.0.1'),
      }),
    ]);
    const text = JSON.stringify(entries);
    const { key, setup_token: token, csrf_token: csrf } = body as Record<string, string | undefined>;
    for (const secret of [PASSWORD, OTHER_PASSWORD, scene.setupToken, key, token, csrf]) {
      if (secret !== undefined) expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/argon2id/);
  });

  it('keeps no password that was typed where the e-mail belongs, and still tells one unknown name from another', async () => {
    await makeScene();
    await api.newEntries();
    for (const name of ['horse@battery', 'stranger@example.com', ' Horse@BATTERY ']) {
      expect((await api.visitor().logIn(name, PASSWORD)).status).toBe(401);
    }
    const entries = (await api.newEntries()) as unknown as readonly { readonly details: { readonly email: string } }[];
    const marks = entries.map(({ details }) => details.email);
    expect(marks).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^unknown:[\w-]{12}$/) as string));
    expect(new Set(marks).size).toBe(2);
    expect(JSON.stringify(entries).toLowerCase()).not.toMatch(/battery|stranger/);
  });

  it('shows what changed, before and after', async () => {
    const { admin, ann } = await makeScene();
    await api.newEntries();
    await admin.call('PATCH', `/admin/operators/${ann.id}`, { role: 'viewer', name: 'Somebody' });
    expect(await api.newEntries()).toEqual([
      expect.objectContaining({ resource_type: 'operator', resource_id: ann.id, before: { role: 'analyst' }, after: { role: 'viewer' } }),
    ]);
  });

  it('is left alone by a call that changes nothing', async () => {
    const { admin, ann } = await makeScene();
    await api.newEntries();
    expect((await admin.call('PATCH', `/admin/operators/${ann.id}`, { role: 'analyst' })).status).toBe(200);
    expect((await admin.call('DELETE', `/admin/api-keys/${ann.id}`)).status).toBe(404);
    expect(await api.newEntries()).toEqual([]);
  });
});
