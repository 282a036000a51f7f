import { AccessChanges, SessionStore } from '#zakops/auth';
import { Database, UnitOfWork } from '#zakops/database';
import { newCall, runInCall } from '#zakops/observability';
import { AuthApi, bearer, browser, SECRET } from './auth-harness.js';
import type { LoggedIn } from './auth-harness.js';

const READ = '/api/deals';

describe('sessions', () => {
  let api: AuthApi;
  beforeAll(async () => {
    api = await AuthApi.start();
  });
  afterAll(() => api.stop());

  const statusOf = async (headers: Readonly<Record<string, string>>, path = READ): Promise<number> =>
    (await api.call(path, headers)).status;
  const sessions = (): SessionStore => api.app.get(SessionStore);
  const end = (who: LoggedIn): Promise<boolean> =>
    api.app.get(UnitOfWork).run((tx) => sessions().end(tx, who.session.id, 'ended', who.operatorId));

  /** Four seconds later, as far as a session that ended can tell. */
  const afterFourSeconds = async ({ session }: LoggedIn): Promise<void> => {
    await api.database.query(`UPDATE zakops.sessions SET ended_at = ended_at - interval '4 seconds' WHERE id = $1`, [session.id]);
    api.app.get(AccessChanges).notify(undefined);
  };

  it('let their operator in, and name the operator to what the call writes', async () => {
    const admin = await api.logIn('admin');
    const { status, body } = await api.call('/api/probe/me', browser(admin));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      principal: { kind: 'operator', id: admin.operatorId, role: 'admin', sessionId: admin.session.id, name: 'The admin' },
      provenance: { actor: { type: 'user', id: `${admin.operatorId}@example.com` } },
    });
  });

  it('are stored as a hash: nothing in the database opens one', async () => {
    const { token, session } = await api.logIn('viewer');
    const [row] = await api.database.query<{ all: string; hash: Buffer }>(
      'SELECT s::text AS all, token_hash AS hash FROM zakops.sessions s WHERE id = $1',
      [session.id],
    );
    const [secret = ''] = token.split('.');
    expect(secret).toHaveLength(43);
    expect(row?.all).not.toContain(secret);
    for (const encoding of ['hex', 'base64url'] as const) {
      expect(await statusOf({ cookie: `zakops_session=${row?.hash.toString(encoding) ?? ''}` })).toBe(401);
    }
  });

  it.each([
    ['a token that nobody signed', (signed: string) => signed.split('.')[0] ?? ''],
    ['a changed token', (signed: string) => (signed.startsWith('A') ? 'B' : 'A') + signed.slice(1)],
    ['a changed signature', (signed: string) => signed.slice(0, -2) + (signed.endsWith('AA') ? 'BB' : 'AA')],
    ['a signature cut off', (signed: string) => signed.slice(0, 44)],
    ['a JSON web token', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.'],
    ['the session of another secret', () => `${'A'.repeat(43)}.${'B'.repeat(43)}`],
    ['quotes around it', (signed: string) => `"${signed}"`],
    ['16 KiB less a little', () => 'A'.repeat(12_000)],
  ])('refuse %s without asking the database', async (_what, tamper) => {
    const { token } = await api.logIn('admin');
    const queries = jest.spyOn(api.app.get(Database), 'query');
    const { status, headers, body } = await api.call(READ, { cookie: `zakops_session=${tamper(token)}` });
    expect([status, body['code'], headers.get('www-authenticate')]).toEqual([401, 'UNAUTHORIZED', 'Bearer realm="zakops"']);
    expect(queries.mock.calls.filter(([statement]) => /zakops\.sessions/.test(JSON.stringify(statement)))).toEqual([]);
    queries.mockRestore();
  });

  it('cost one query for many requests of a moment', async () => {
    const { cookie } = await api.logIn('viewer');
    const queries = jest.spyOn(api.app.get(Database), 'query');
    const answers = await Promise.all(Array.from({ length: 20 }, () => statusOf({ cookie }, '/api/probe/vehicles')));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(queries.mock.calls.filter(([statement]) => JSON.stringify(statement).includes('zakops.sessions'))).toHaveLength(1);
    queries.mockRestore();
  });

  it.each(['expires_at', 'idle_expires_at'])('end when %s has passed', async (column) => {
    const { cookie, session } = await api.logIn('viewer');
    await api.database.query(`UPDATE zakops.sessions SET ${column} = now() + interval '2 seconds' WHERE id = $1`, [session.id]);
    const startedAt = performance.now();
    expect(await statusOf({ cookie })).toBe(200);
    // What was remembered a moment ago does not outlive the limit.
    while ((await statusOf({ cookie })) === 200) expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(performance.now() - startedAt).toBeGreaterThan(1_800);
    expect(await statusOf({ cookie })).toBe(401);
  });

  it('have both limits as they are set', async () => {
    const { session } = await api.logIn('viewer');
    const [row] = await api.database.query(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS absolute, extract(epoch FROM idle_expires_at - created_at)::int AS idle
         FROM zakops.sessions WHERE id = $1`,
      [session.id],
    );
    expect(row).toEqual({ absolute: 86_400, idle: 7_200 });
  });

  it('go on while they are used, which is written down at most once a minute', async () => {
    const { cookie, session } = await api.logIn('viewer');
    const seen = async (): Promise<unknown> =>
      (
        await api.database.query(
          `SELECT last_seen_at > now() - interval '10 seconds' AS seen, idle_expires_at > now() + interval '119 minutes' AS extended,
                  xmin::text AS written FROM zakops.sessions WHERE id = $1`,
          [session.id],
        )
      )[0];
    await api.database.query(
      `UPDATE zakops.sessions SET last_seen_at = now() - interval '61 seconds', idle_expires_at = now() + interval '1 minute' WHERE id = $1`,
      [session.id],
    );
    expect(await statusOf({ cookie })).toBe(200);
    const once = await seen();
    expect(once).toMatchObject({ seen: true, extended: true });
    await sessions().find(cookie.slice('zakops_session='.length).split('.', 1)[0] ?? '');
    expect(await seen()).toEqual(once);
  });

  it('are over at once in the process that ended them, also for a replay of the cookie', async () => {
    const ann = await api.logIn('viewer');
    expect(await statusOf(browser(ann))).toBe(200);
    const call = newCall({ type: 'user', id: 'ann@example.com' });
    expect([await runInCall(call, () => end(ann)), await statusOf(browser(ann)), await end(ann)]).toEqual([true, 401, false]);
    const [row] = await api.database.query('SELECT ended_by, end_reason FROM zakops.sessions WHERE id = $1', [ann.session.id]);
    expect(row).toEqual({ ended_by: 'user:ann@example.com', end_reason: 'ended' });
  });

  it('are not ended by a transaction that is rolled back', async () => {
    const ann = await api.logIn('viewer');
    expect(await statusOf(browser(ann))).toBe(200);
    const failing = api.app.get(UnitOfWork).run(async (tx) => {
      await sessions().end(tx, ann.session.id, 'ended');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await statusOf(browser(ann))).toBe(200);
  });

  it('belong to one operator: nobody ends those of another by id', async () => {
    const [ann, bob] = [await api.logIn('viewer'), await api.logIn('viewer')];
    expect(await api.app.get(UnitOfWork).run((tx) => sessions().end(tx, bob.session.id, 'ended', ann.operatorId))).toBe(false);
    expect(await statusOf(browser(bob))).toBe(200);
  });

  it('are listed with the last used first, and ended all at once but for one', async () => {
    const ann = await api.logIn('viewer');
    const others = [await api.logIn({ id: ann.operatorId }), await api.logIn({ id: ann.operatorId })];
    const bob = await api.logIn('viewer');
    expect((await sessions().list(ann.operatorId)).map(({ id }) => id)).toEqual(
      [ann, ...others].map(({ session }) => session.id).toReversed(),
    );
    const ended = await api.app.get(UnitOfWork).run((tx) => sessions().endAll(tx, ann.operatorId, 'ended', ann.session.id));
    expect([...ended].sort()).toEqual(others.map(({ session }) => session.id).sort());
    expect(await Promise.all([ann, bob, ...others].map((who) => statusOf(browser(who))))).toEqual([200, 200, 401, 401]);
    expect((await sessions().list(ann.operatorId)).map(({ id }) => id)).toEqual([ann.session.id]);
  });

  it('go on under another id and token when the password is given again, and the old token only reads on for a moment', async () => {
    const ann = await api.logIn('viewer');
    expect(await statusOf(browser(ann))).toBe(200);
    const opened = await api.app.get(UnitOfWork).run((tx) => sessions().rotate(tx, ann.session.id));
    const after = api.held(ann.operatorId, opened);
    expect(after.session.id).not.toBe(ann.session.id);
    expect(after.token).not.toBe(ann.token);
    expect([await statusOf(browser(after)), await statusOf(browser(ann))]).toEqual([200, 200]);
    // The page that holds it is told to send the call again, and not to log in.
    const late = await api.call('/api/probe/vehicles/V-001/start', browser(ann), 'POST');
    expect([late.status, late.body['code']]).toEqual([409, 'SESSION_REPLACED']);
    await afterFourSeconds(ann);
    expect([await statusOf(browser(after)), await statusOf(browser(ann))]).toEqual([200, 401]);
    // The token against forged requests is another one too.
    const forged = await api.call('/api/probe/vehicles/V-001/start', { cookie: after.cookie, 'x-csrf-token': ann.csrfToken }, 'POST');
    expect(forged.body['code']).toBe('CSRF_REJECTED');
    const again = api.app.get(UnitOfWork).run((tx) => sessions().rotate(tx, ann.session.id));
    await expect(again).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('read on across several replacements, and no longer than the last one counts', async () => {
    const ann = await api.logIn('viewer');
    const rotate = async ({ id }: { id: string }): Promise<LoggedIn> => {
      return api.held(ann.operatorId, await api.app.get(UnitOfWork).run((tx) => sessions().rotate(tx, id)));
    };
    const second = await rotate(ann.session);
    const last = await rotate(second.session);
    expect(await Promise.all([ann, second, last].map((who) => statusOf(browser(who))))).toEqual([200, 200, 200]);
    await end(last);
    api.app.get(AccessChanges).notify(undefined);
    expect(await Promise.all([ann, second, last].map((who) => statusOf(browser(who))))).toEqual([401, 401, 401]);
  });

  it('read on when their operator logs in from the same browser, and end at once when somebody else does', async () => {
    const [ann, bob] = [await api.logIn('viewer'), await api.logIn('viewer')];
    const another = await api.operator('viewer');
    await api.app.get(UnitOfWork).run(async (tx) => {
      await sessions().replace(tx, ann.session.id, ann.operatorId);
      await sessions().replace(tx, bob.session.id, another);
    });
    expect([await statusOf(browser(ann)), await statusOf(browser(bob))]).toEqual([200, 401]);
  });

  it('are found beside other cookies of the same name, whatever their order and number', async () => {
    const ann = await api.logIn('viewer');
    const gone = await api.logIn('viewer');
    await end(gone);
    const all = ['zakops_session=planted', gone.cookie, ann.cookie, 'zakops_session='];
    for (const cookies of [all, all.toReversed()]) {
      const { status, body } = await api.call('/api/auth/me', { cookie: cookies.join('; ') });
      expect([status, body['session_id'], body['csrf_token']]).toEqual([200, ann.session.id, ann.csrfToken]);
    }
    expect(await statusOf({ cookie: ['zakops_session=planted', gone.cookie].join('; ') })).toBe(401);
  });

  it.each(["status = 'disabled'", "status = 'invited'"])(
    'count no more when their operator has %s, and count again when it is active',
    async (assignment) => {
      const ann = await api.logIn('viewer');
      expect(await statusOf(browser(ann))).toBe(200);
      await api.change(ann.operatorId, assignment);
      expect(await statusOf(browser(ann))).toBe(401);
      await api.change(ann.operatorId, "status = 'active'");
      expect(await statusOf(browser(ann))).toBe(200);
    },
  );

  it('carry the role of their operator as it is now', async () => {
    const ann = await api.logIn('admin');
    expect(await statusOf(browser(ann), '/api/probe/me')).toBe(200);
    await api.change(ann.operatorId, "role = 'viewer'");
    expect(await statusOf(browser(ann), '/api/probe/me')).toBe(403);
  });

  it('are good for nothing but a new password while it must be changed', async () => {
    const ann = await api.logIn('admin');
    await api.change(ann.operatorId, 'must_change_password = true');
    const { status, body } = await api.call(READ, browser(ann));
    expect([status, body['code']]).toEqual([403, 'PASSWORD_CHANGE_REQUIRED']);
  });

  it('give way to a key that is sent beside them, also when the key is none', async () => {
    const admin = await api.logIn('admin');
    const { key } = await api.issueKey(admin.operatorId, ['deals:read']);
    const both = { cookie: admin.cookie, ...bearer(key) };
    expect([await statusOf(both), await statusOf(both, '/api/probe/me')]).toEqual([200, 403]);
    for (const authorization of ['Bearer nonsense', 'Basic YTpi', 'Bearer ', '']) {
      expect(await statusOf({ cookie: admin.cookie, authorization })).toBe(401);
    }
  });

  it('that were over for long are removed when somebody logs in', async () => {
    const ann = await api.logIn('viewer');
    await api.database.query(`UPDATE zakops.sessions SET expires_at = now() - interval '31 days' WHERE id = $1`, [ann.session.id]);
    await api.logIn('viewer');
    expect(await api.database.query('SELECT 1 FROM zakops.sessions WHERE id = $1', [ann.session.id])).toEqual([]);
  });
});

describe('SESSION_SECRET', () => {
  it('is rotated by a list: sessions of the old secret go on while it is in it, and end when it is dropped', async () => {
    const before = await AuthApi.start();
    const fresh = 'n'.repeat(32);
    const during = await AuthApi.start({ SESSION_SECRET: `${fresh},${SECRET}` }, before.database);
    const after = await AuthApi.start({ SESSION_SECRET: fresh }, before.database);
    const old = await before.logIn('analyst');
    const young = await during.logIn({ id: old.operatorId });
    const start = async (api: AuthApi, who: LoggedIn): Promise<number> =>
      (await api.call('/api/probe/vehicles/V-001/start', browser(who), 'POST')).status;
    expect([await start(before, old), await start(during, old), await start(after, old)]).toEqual([200, 200, 401]);
    expect([await start(before, young), await start(during, young), await start(after, young)]).toEqual([401, 200, 200]);
    await Promise.all([during.stop(), after.stop()]);
    await before.stop();
  });
});

describe('with AUTH_REQUIRED=false', () => {
  it('who has a session or a key is that, and everybody else the development operator', async () => {
    const api = await AuthApi.start({ AUTH_REQUIRED: 'false' });
    const viewer = await api.logIn('viewer');
    const { key } = await api.issueKey(viewer.operatorId, ['deals:read']);
    const who = async (headers: Readonly<Record<string, string>>): Promise<number> => (await api.call('/api/probe/me', headers)).status;
    // Only an administrator may see it.
    expect([await who(browser(viewer)), await who(bearer(key))]).toEqual([403, 403]);
    for (const headers of [{}, bearer('nonsense'), { cookie: 'zakops_session=nonsense' }]) expect(await who(headers)).toBe(200);
    await api.stop();
  });

  it('no page of another site acts as the development operator', async () => {
    const api = await AuthApi.start({ AUTH_REQUIRED: 'false', CORS_ORIGINS: '["http://localhost:3003"]' });
    const start = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await api.call('/api/probe/vehicles/V-001/start', headers, 'POST')).status;
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await start(headers)).toBe(403);
    for (const headers of [{}, { origin: api.url }, { origin: 'http://localhost:3003' }]) expect(await start(headers)).toBe(200);
    await api.stop();
  });
});
