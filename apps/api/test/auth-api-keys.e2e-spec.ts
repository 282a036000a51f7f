import { ApiKeyStore, SCOPES } from '#zakops/auth';
import type { IssuedApiKey } from '#zakops/auth';
import { Database, UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { AuthApi, bearer, browser } from './auth-harness.js';

const READ = '/api/probe/vehicles';

describe('API keys', () => {
  let api: AuthApi;
  beforeAll(async () => {
    api = await AuthApi.start();
  });
  afterAll(() => api.stop());

  const keys = (): ApiKeyStore => api.app.get(ApiKeyStore);
  const unitOfWork = (): UnitOfWork => api.app.get(UnitOfWork);
  const statusOf = async (key: string, path = READ): Promise<number> => (await api.call(path, bearer(key))).status;
  const start = async (key: string): Promise<number> => (await api.call('/api/probe/vehicles/V-001/start', bearer(key), 'POST')).status;

  it('let in without a session, a cookie or a token against forgery, and name themselves to what the call writes', async () => {
    const owner = await api.operator('admin');
    const { key, apiKey } = await api.issueKey(owner, ['admin:system', 'deals:write']);
    expect((await api.call('/api/probe/me', bearer(key))).body).toMatchObject({
      principal: { kind: 'api_key', id: owner, role: 'admin', apiKeyId: apiKey.id },
      provenance: { actor: { type: 'api_key', id: apiKey.id } },
    });
    expect(await start(key)).toBe(200);
    // The name of the scheme is written in any case.
    expect((await api.call(READ, { authorization: `bearer ${key}` })).status).toBe(403);
  });

  it('are stored as a hash: nothing in the database is one', async () => {
    const { key, apiKey } = await api.issueKey(await api.operator('viewer'), ['deals:read']);
    const [row] = await api.database.query<{ all: string }>('SELECT k::text AS all FROM zakops.api_keys k WHERE id = $1', [apiKey.id]);
    expect(row?.all).toContain(key.slice(0, 12));
    expect(row?.all).not.toContain(key.slice(0, 13));
  });

  it.each([
    ['a changed character', (key: string) => key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21)],
    ['a changed checksum', (key: string) => key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')],
    ['a key of another maker', () => `ghp_${'a'.repeat(36)}`],
    ['a JSON web token', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.'],
    ['nothing', () => ''],
    ['8 KiB', () => `zko_${'a'.repeat(8_000)}`],
  ])('refuse %s without asking the database', async (_what, tamper) => {
    const { key } = await api.issueKey(await api.operator('admin'), ['deals:read']);
    const queries = jest.spyOn(api.app.get(Database), 'query');
    const { status, body, headers } = await api.call(READ, bearer(tamper(key)));
    expect([status, body['code']]).toEqual([401, 'UNAUTHORIZED']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="zakops", error="invalid_token"');
    expect(aboutKeys(queries.mock.calls)).toBe(0);
    queries.mockRestore();
  });

  it('ask for an unknown key with a good checksum once in a while, not each time', async () => {
    const { key, apiKey } = await api.issueKey(await api.operator('viewer'), ['deals:read']);
    await api.database.query('DELETE FROM zakops.api_keys WHERE id = $1', [apiKey.id]);
    const queries = jest.spyOn(api.app.get(Database), 'query');
    for (let n = 0; n < 5; n += 1) expect(await statusOf(key)).toBe(401);
    expect(aboutKeys(queries.mock.calls)).toBe(1);
    queries.mockRestore();
  });

  it('are one key however the header spells them, and are asked for once', async () => {
    const { key, apiKey } = await api.issueKey(await api.operator('viewer'), ['deals:read']);
    const unknown = await api.issueKey(await api.operator('viewer'), ['deals:read']);
    await api.database.query('DELETE FROM zakops.api_keys WHERE id = $1', [unknown.apiKey.id]);
    const spelled = (text: string): readonly string[] => [`Bearer ${text}`, `bearer ${text}`, `BEARER   ${text}`];
    for (const [text, status] of [
      [key, 200],
      [unknown.key, 401],
    ] as const) {
      const queries = jest.spyOn(api.app.get(Database), 'query');
      for (const authorization of spelled(text)) expect((await api.call(READ, { authorization })).status).toBe(status);
      expect([text === key ? apiKey.id : 'unknown', aboutKeys(queries.mock.calls)]).toEqual([text === key ? apiKey.id : 'unknown', 1]);
      queries.mockRestore();
    }
  });

  it('may do the part of their scopes that their owner may do now', async () => {
    const owner = await api.operator('admin');
    const { key } = await api.issueKey(owner, SCOPES);
    const can = async (): Promise<number[]> => [await statusOf(key), await start(key), await statusOf(key, '/api/probe/me')];
    expect(await can()).toEqual([200, 200, 200]);
    await api.change(owner, "role = 'analyst'");
    expect(await can()).toEqual([200, 200, 403]);
    await api.change(owner, "role = 'viewer'");
    expect(await can()).toEqual([200, 403, 403]);
    await api.change(owner, "status = 'disabled'");
    expect(await can()).toEqual([401, 401, 401]);
    const narrow = await api.issueKey(await api.operator('admin'), ['deals:read']);
    expect([await statusOf(narrow.key), await start(narrow.key)]).toEqual([200, 403]);
  });

  it('read statistics with admin:stats and nothing else of the administration, whatever the role of their owner', async () => {
    const owner = await api.operator('admin');
    const { key } = await api.issueKey(owner, ['admin:stats']);
    expect([await statusOf(key, '/api/probe/figures'), await statusOf(key, '/api/probe/me'), await statusOf(key)]).toEqual([200, 403, 403]);
    await api.change(owner, "role = 'analyst'");
    expect(await statusOf(key, '/api/probe/figures')).toBe(200);
    const strict = await AuthApi.start({ OPS_READERS: 'admins' }, api.database);
    try {
      expect((await strict.call('/api/probe/figures', bearer(key))).status).toBe(403);
      await api.change(owner, "role = 'oncall'");
      await waitFor('the role', async () => (await strict.call('/api/probe/figures', bearer(key))).status === 200);
    } finally {
      await strict.stop();
    }
  });

  it('cannot do what needs a session, nor what needs a password given a short time ago', async () => {
    const { key } = await api.issueKey(await api.operator('admin'), SCOPES);
    const codes = await Promise.all(
      ['/api/probe/account', '/api/probe/sensitive'].map(async (path) => (await api.call(path, bearer(key))).body['code']),
    );
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  it('end at their time', async () => {
    const owner = await api.operator('viewer');
    const { key } = await api.issueKey(owner, ['deals:read'], new Date(Date.now() + 1_500));
    expect(await statusOf(key)).toBe(200);
    await waitFor('the end of the key', async () => (await statusOf(key)) === 401, 4_000);
    const over = await api.issueKey(owner, ['deals:read'], new Date(Date.now() - 1));
    expect(await statusOf(over.key)).toBe(401);
  });

  it('are revoked at once, once, and only by their owner', async () => {
    const [ann, bob] = [await api.operator('viewer'), await api.operator('viewer')];
    const { key, apiKey } = await api.issueKey(ann, ['deals:read']);
    expect(await statusOf(key)).toBe(200);
    const revoke = (operatorId?: string): Promise<string | undefined> =>
      unitOfWork().run(async (tx) => (await keys().revoke(tx, apiKey.id, operatorId))?.id);
    expect([await revoke(bob), await statusOf(key)]).toEqual([undefined, 200]);
    expect([await revoke(ann), await statusOf(key), await revoke(ann)]).toEqual([apiKey.id, 401, undefined]);
  });

  it('are revoked all at once', async () => {
    const ann = await api.operator('viewer');
    const made = [await api.issueKey(ann, ['deals:read']), await api.issueKey(ann, ['deals:read'])];
    const revoked = await unitOfWork().run((tx) => keys().revokeAll(tx, ann));
    expect([...revoked].sort()).toEqual(made.map(({ apiKey }) => apiKey.id).sort());
    expect(await Promise.all(made.map(({ key }) => statusOf(key)))).toEqual([401, 401]);
  });

  it('are replaced with an overlap in which both count', async () => {
    const ann = await api.operator('viewer');
    const inAnHour = new Date(Date.now() + 3_600_000);
    const before = await api.issueKey(ann, ['deals:read', 'agent:read'], inAnHour);
    const rotate = (id: string, overlapSeconds: number, operatorId = ann): Promise<IssuedApiKey | undefined> =>
      unitOfWork().run((tx) => keys().rotate(tx, id, { operatorId, overlapSeconds, expiresAt: null }));
    expect(await statusOf(before.key)).toBe(200);
    const after = await rotate(before.apiKey.id, 1.5);
    if (after === undefined) throw new Error('The key was not rotated.');
    expect(after.apiKey).toMatchObject({ name: before.apiKey.name, scopes: before.apiKey.scopes, rotatedFrom: before.apiKey.id });
    // It lives as long as the one before was to live, from now on.
    const [lives] = await api.database.query(
      `SELECT n.expires_at - n.created_at = $2::timestamptz - b.created_at AS same
         FROM zakops.api_keys n JOIN zakops.api_keys b ON b.id = n.rotated_from WHERE n.id = $1`,
      [after.apiKey.id, inAnHour],
    );
    expect(lives).toEqual({ same: true });
    expect([await statusOf(before.key), await statusOf(after.key)]).toEqual([200, 200]);
    await waitFor('the end of the overlap', async () => (await statusOf(before.key)) === 401, 4_000);
    expect(await statusOf(after.key)).toBe(200);
    expect([await rotate(before.apiKey.id, 60), await rotate(after.apiKey.id, 60, await api.operator('viewer'))]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('are replaced once, although the one who waits had begun before the one who won', async () => {
    const owner = await api.operator('viewer');
    const { apiKey } = await api.issueKey(owner, ['deals:read']);
    const rotate = (tx: Transaction): Promise<unknown> => keys().rotate(tx, apiKey.id, { overlapSeconds: 0, expiresAt: null });
    let second: unknown;
    await unitOfWork().run(async (tx) => {
      await tx.query('SELECT now()');
      await unitOfWork().run(rotate);
      second = await rotate(tx);
    });
    expect(second).toBeUndefined();
  });

  it('never live longer for being replaced', async () => {
    const ann = await api.operator('viewer');
    const soon = new Date(Date.now() + 60_000);
    const before = await api.issueKey(ann, ['deals:read'], soon);
    await unitOfWork().run((tx) => keys().rotate(tx, before.apiKey.id, { overlapSeconds: 3_600, expiresAt: null }));
    const listed = await keys().list(ann);
    expect(listed.find(({ id }) => id === before.apiKey.id)?.expiresAt).toEqual(soon);
  });

  it('are listed with the newest first, and tell to the minute when they were used', async () => {
    const ann = await api.operator('viewer');
    const [older, newer] = [await api.issueKey(ann, ['deals:read']), await api.issueKey(ann, ['deals:read'])];
    expect(await statusOf(older.key)).toBe(200);
    const listed = await keys().list(ann);
    expect(listed.map(({ id, lastUsedAt }) => [id, lastUsedAt === null])).toEqual([
      [newer.apiKey.id, true],
      [older.apiKey.id, false],
    ]);
    await keys().find(older.key);
    expect((await keys().list(ann))[1]?.lastUsedAt).toEqual(listed[1]?.lastUsedAt);
  });

  it('count as what they are sent as only: not as a cookie, nor the text of a cookie as a key', async () => {
    const ann = await api.logIn('analyst');
    const { key } = await api.issueKey(ann.operatorId, ['deals:read', 'deals:write']);
    // Both have just been looked up.
    expect([await statusOf(key), (await api.call(READ, browser(ann))).status]).toEqual([200, 200]);
    expect((await api.call(READ, { cookie: `zakops_session=Bearer ${key}` })).status).toBe(401);
    expect((await api.call(READ, { authorization: ann.token })).status).toBe(401);
  });

  it('leave a session alone: the page of an operator needs its token although a key could do without', async () => {
    const ann = await api.logIn('analyst');
    const { cookie } = browser(ann);
    expect((await api.call('/api/probe/vehicles/V-001/start', { cookie }, 'POST')).body['code']).toBe('CSRF_REJECTED');
  });
});

it('guessing keys is limited by address, and does not lock out who has one in use', async () => {
  const api = await AuthApi.start({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_ANONYMOUS_PER_MINUTE: '10' });
  const owner = await api.operator('viewer');
  const { key } = await api.issueKey(owner, ['deals:read']);
  const statusOf = async (given: string): Promise<number> => (await api.call(READ, bearer(given))).status;
  expect(await statusOf(key)).toBe(200);
  // Good checksums that nobody was given.
  const guesses: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const { key: guess, apiKey } = await api.issueKey(owner, ['deals:read']);
    await api.database.query('DELETE FROM zakops.api_keys WHERE id = $1', [apiKey.id]);
    guesses.push(guess);
  }
  const answers: number[] = [];
  for (const guess of guesses) answers.push(await statusOf(guess));
  expect(answers.filter((status) => status === 401)).toHaveLength(10);
  expect(answers.slice(10)).toEqual(Array<number>(10).fill(429));
  // Also when it has to be looked up again.
  await api.change(owner, "name = 'Ann'");
  expect(await statusOf(key)).toBe(200);
  await api.stop();
});

/** How many of these queries are about keys: the process asks for its own figures too. */
function aboutKeys(calls: readonly (readonly unknown[])[]): number {
  return calls.filter(([statement]) => /api_keys/.test(typeof statement === 'string' ? statement : JSON.stringify(statement))).length;
}
