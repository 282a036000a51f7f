import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { LoginApi, PASSWORD } from './login-harness.js';
import type { LoginAnswer } from './login-harness.js';

const WRONG = 'not the password of anybody';

interface Account {
  readonly failed_logins: number;
  readonly locks: boolean;
  readonly lock_seconds: number;
}

describe('guessing passwords', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  const account = async (email: string): Promise<Account | undefined> => {
    const [row] = await database.query<Account & Record<string, unknown>>(
      `SELECT failed_logins, coalesce(locked_until > now(), false) AS locks,
              coalesce(round(extract(epoch FROM locked_until - now()))::integer, 0) AS lock_seconds
         FROM zakops.operators WHERE email = $1`,
      [email],
    );
    return row;
  };

  /** Failures of what is known of an account, the fewest first. */
  const failuresOf = async (operatorId: string): Promise<number[]> =>
    (
      await database.query<{ failures: number }>(
        'SELECT failed_logins AS failures FROM zakops.login_sources WHERE operator_id = $1 ORDER BY failed_logins',
        [operatorId],
      )
    ).map(({ failures }) => failures);

  const lockEvents = (): Promise<Record<string, unknown>[]> =>
    database.query(
      `SELECT aggregate_seq::integer AS seq, data FROM zakops.events WHERE type = 'operator.login_locked' ORDER BY aggregate_seq`,
    );

  const attempt = async (api: LoginApi, email: string, password: string, address: string): Promise<LoginAnswer> =>
    api.visitor().call('POST', '/auth/login', { email, password }, { 'x-forwarded-for': address });

  describe('without rate limits', () => {
    let api: LoginApi;

    beforeEach(async () => {
      api = await LoginApi.start({ TRUST_PROXY: 'loopback' }, database);
    });

    afterEach(async () => {
      await api.stop();
    });

    it('closes the account at the fifth failure in a row, and tells nobody but the log of events', async () => {
      const id = await api.operator('ann@example.com');
      for (let n = 1; n <= 4; n += 1) expect((await attempt(api, 'ann@example.com', WRONG, '203.0.113.7')).status).toBe(401);
      expect(await account('ann@example.com')).toEqual({ failed_logins: 4, locks: false, lock_seconds: 0 });
      const fifth = await attempt(api, 'ann@example.com', WRONG, '203.0.113.7');
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 5, locks: true });
      expect(await lockEvents()).toEqual([
        {
          seq: 1,
          data: {
            operator_id: id,
            email: 'ann@example.com',
            address: '203.0.113.7',
            failed_attempts: 5,
            locked_until: expect.stringMatching(/Z$/),
          },
        },
      ]);

      const right = await attempt(api, 'ann@example.com', PASSWORD, '203.0.113.7');
      expect([right.status, right.body['code'], right.body['detail']]).toEqual([401, fifth.body['code'], fifth.body['detail']]);
      // Attempts against a closed account do not keep it closed.
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 5 });
      expect(await lockEvents()).toHaveLength(1);
    });

    it('closes it longer and longer, and a good login forgets all of it', async () => {
      await api.operator('ann@example.com');
      await database.query(`UPDATE zakops.operators SET failed_logins = 4`);
      const locks: number[] = [];
      for (let n = 0; n < 7; n += 1) {
        await attempt(api, 'ann@example.com', WRONG, '203.0.113.7');
        locks.push((await account('ann@example.com'))?.lock_seconds ?? 0);
        await database.query('UPDATE zakops.operators SET locked_until = now()');
      }
      const expected = [30, 60, 120, 240, 480, 900, 900];
      for (const [n, seconds] of locks.entries()) expect(Math.abs(seconds - (expected[n] ?? 0))).toBeLessThanOrEqual(5);
      expect((await lockEvents()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);

      expect((await attempt(api, 'ann@example.com', PASSWORD, '203.0.113.7')).status).toBe(200);
      expect(await account('ann@example.com')).toEqual({ failed_logins: 0, locks: false, lock_seconds: 0 });
    });

    it('counts every one of many guesses at the same moment, and locks once', async () => {
      await api.operator('ann@example.com');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => attempt(api, 'ann@example.com', WRONG, `198.51.100.${String(n)}`)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 5, locks: true });
      expect(await lockEvents()).toHaveLength(1);
      const [failures] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM zakops.audit_log WHERE action = 'login.failed'`,
      );
      expect(failures?.count).toBe(20);
    });

    it('locks and announces the lock together, or does neither', async () => {
      await api.operator('ann@example.com');
      await database.query('UPDATE zakops.operators SET failed_logins = 4');
      await database.query(`ALTER TABLE zakops.events ADD CONSTRAINT refuse CHECK (type <> 'operator.login_locked')`);
      expect((await attempt(api, 'ann@example.com', WRONG, '203.0.113.7')).status).toBe(500);
      expect(await account('ann@example.com')).toEqual({ failed_logins: 4, locks: false, lock_seconds: 0 });
      await database.query('ALTER TABLE zakops.events DROP CONSTRAINT refuse');
      expect((await attempt(api, 'ann@example.com', WRONG, '203.0.113.7')).status).toBe(401);
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 5, locks: true });
      expect((await lockEvents()).map(({ seq }) => seq)).toEqual([1]);
    });

    it('tells a flood of logins to come back, and serves everything else meanwhile', async () => {
      const ann = await api.loggedIn('ann@example.com');
      const answers: LoginAnswer[] = [];
      const refused = (): LoginAnswer[] => answers.filter(({ status }) => status === 429);
      let served = 0;
      // Four are compared and forty wait at any moment. A busy machine may send them more slowly than they are compared: then more follow.
      for (let flood = 1; flood <= 20 && refused().length === 0; flood += 1) {
        const state = { open: true };
        const logins = Array.from({ length: 100 }, (_, n) =>
          attempt(api, `somebody-${String(flood)}-${String(n)}@example.com`, WRONG, `198.51.100.${String(n)}`),
        );
        const flooded = Promise.all(logins).finally(() => (state.open = false));
        while (state.open) {
          expect((await ann.get('/deals')).status).toBe(200);
          served += 1;
        }
        answers.push(...(await flooded));
      }
      expect(refused().length).toBeGreaterThan(0);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(answers.length - refused().length);
      expect(served).toBeGreaterThan(0);
      for (const { body, headers } of refused()) expect([body['code'], headers.get('retry-after')]).toEqual(['RATE_LIMITED', '2']);
    });

    it('opens no session for an account that is disabled at the same moment', async () => {
      const admin = await api.loggedIn('admin@example.com', 'admin');
      for (let round = 0; round < 8; round += 1) {
        const email = `ann-${String(round)}@example.com`;
        const id = await api.operator(email);
        await Promise.all([
          api.visitor().logIn(email),
          api.visitor().logIn(email),
          admin.call('PATCH', `/admin/operators/${id}`, { status: 'disabled' }),
        ]);
        expect(await database.query('SELECT FROM zakops.sessions WHERE operator_id = $1 AND ended_at IS NULL', [id])).toHaveLength(0);
      }
    });

    it('counts wrong passwords of somebody who is logged in apart from those of strangers', async () => {
      const ann = await api.loggedIn('ann@example.com');
      await ann.post('/auth/reauthenticate', { password: WRONG });
      await ann.post('/auth/password', { current_password: WRONG, new_password: 'a password that is long enough' });
      // Also of a call that is rolled back because it carried an idempotency key.
      const refused = await ann.call('POST', '/auth/reauthenticate', { password: WRONG }, { 'idempotency-key': 'again-1' });
      expect(refused.status).toBe(401);
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 0 });
      expect(await failuresOf(ann.id)).toEqual([0, 0, 3]);
      for (let n = 0; n < 2; n += 1) await ann.post('/auth/reauthenticate', { password: WRONG });
      // The finder of an open session gets no unlimited guesses.
      expect((await ann.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(401);
      expect((await ann.logIn('ann@example.com')).status).toBe(200);
    });

    it('keeps nobody out who is known: a browser, an address, a session', async () => {
      const ann = await api.loggedIn('ann@example.com');
      const known = api.visitor();
      for (const [name, value] of ann.cookies) if (name === 'zakops_device') known.cookies.set(name, value);
      const wrong = Array.from({ length: 8 }, (_, n) => attempt(api, 'ann@example.com', WRONG, `198.51.100.${String(n)}`));
      for (const { status } of await Promise.all(wrong)) expect(status).toBe(401);
      expect(await account('ann@example.com')).toMatchObject({ locks: true });

      expect((await attempt(api, 'ann@example.com', PASSWORD, '198.51.100.99')).status).toBe(401);
      expect((await ann.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(200);
      const elsewhere = { 'x-forwarded-for': '192.0.2.1' };
      expect((await known.call('POST', '/auth/login', { email: 'ann@example.com', password: PASSWORD }, elsewhere)).status).toBe(200);
      // Without a header the address is that of the first login.
      expect((await api.visitor().logIn('ann@example.com')).status).toBe(200);
      // Good logins of those who are known do not open the account to strangers.
      expect(await account('ann@example.com')).toMatchObject({ locks: true });
    });

    it('locks a known browser or address by its own failures only', async () => {
      const ann = await api.loggedIn('ann@example.com');
      const { cookies } = ann;
      for (let n = 0; n < 5; n += 1) await api.visitor().logIn('ann@example.com', WRONG);
      // The address is locked for unknown browsers; the known browser can still log in there.
      expect((await api.visitor().logIn('ann@example.com')).status).toBe(401);
      expect((await ann.logIn('ann@example.com')).status).toBe(200);
      for (let n = 0; n < 5; n += 1) await ann.logIn('ann@example.com', WRONG);
      expect((await ann.logIn('ann@example.com')).status).toBe(401);
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 0 });
      expect((await lockEvents()).map(({ seq }) => seq)).toEqual([1, 2]);
      // A browser of somebody else is a stranger.
      const bob = await api.loggedIn('bob@example.com');
      for (const [name, value] of cookies) if (name === 'zakops_device') bob.cookies.set(name, value);
      const stranger = { 'x-forwarded-for': '198.51.100.1' };
      expect((await bob.call('POST', '/auth/login', { email: 'bob@example.com', password: WRONG }, stranger)).status).toBe(401);
      expect(await account('bob@example.com')).toMatchObject({ failed_logins: 1 });
    });

    it('forgets a browser and an address that nobody used for half a year', async () => {
      const ann = await api.loggedIn('ann@example.com');
      await database.query(`UPDATE zakops.login_sources SET last_used_at = now() - interval '181 days'`);
      expect((await ann.logIn('ann@example.com', WRONG)).status).toBe(401);
      expect(await account('ann@example.com')).toMatchObject({ failed_logins: 1 });
      expect((await ann.logIn('ann@example.com')).status).toBe(200);
      await api.loggedIn('bob@example.com');
      // The address is known again; the browser of then gave way to one that is known now.
      expect(await failuresOf(ann.id)).toEqual([0, 0]);
    });

    it('leaves the administrator at the command line a way in, whatever strangers do meanwhile', async () => {
      const admin = await api.loggedIn('admin@example.com', 'admin');
      const ann = await api.operator('ann@example.com', 'admin');
      const { body } = await admin.post(`/admin/operators/${ann}/reset`);
      const somewhere = { 'x-forwarded-for': '192.0.2.1' };
      const fresh = api.visitor();
      const set = await fresh.call('POST', '/auth/setup', { token: body['setup_token'], password: PASSWORD }, somewhere);
      expect([set.status, [...fresh.cookies.keys()]]).toEqual([200, ['zakops_device']]);
      await Promise.all(Array.from({ length: 8 }, (_, n) => attempt(api, 'ann@example.com', WRONG, `198.51.100.${String(n)}`)));
      expect(await account('ann@example.com')).toMatchObject({ locks: true });
      const from = { 'x-forwarded-for': '192.0.2.2' };
      expect((await fresh.call('POST', '/auth/login', { email: 'ann@example.com', password: PASSWORD }, from)).status).toBe(200);
    });
  });

  describe('with rate limits, at two processes', () => {
    let apis: LoginApi[];

    beforeEach(async () => {
      const env = { TRUST_PROXY: 'loopback', RATE_LIMIT_ENABLED: 'true' };
      apis = [await LoginApi.start(env, database), await LoginApi.start(env, database)];
    });

    afterEach(async () => {
      for (const api of apis) await api.stop();
    });

    /** Tries at both processes in turn and gives the statuses. */
    async function attempts(count: number, email: (n: number) => string, address: (n: number) => string): Promise<LoginAnswer[]> {
      return Promise.all(
        Array.from({ length: count }, (_, n) => attempt(apis[n % 2] ?? (apis[0] as LoginApi), email(n), WRONG, address(n))),
      );
    }

    it('takes ten attempts a minute from one address, whatever the accounts', async () => {
      const answers = await attempts(
        30,
        (n) => `somebody-${String(n)}@example.com`,
        () => '203.0.113.7',
      );
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(20);
      for (const { body, headers } of refused) {
        expect(body['code']).toBe('RATE_LIMITED');
        expect(headers.get('ratelimit-policy')).toBe('"auth";q=10;w=60');
        expect(headers.get('ratelimit')).toMatch(/^"auth";r=0;t=\d+$/);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      // Nothing was compared for those that were refused.
      const [failures] = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM zakops.audit_log WHERE action = 'login.failed'`,
      );
      expect(failures?.count).toBe(10);
    });

    it('takes ten attempts a minute of strangers against an account, tells nobody, and keeps out nobody who is known', async () => {
      const known = await apis[0]?.loggedIn('known@example.com');
      for (const email of ['nobody@example.com', 'known@example.com']) {
        const answers = await attempts(
          24,
          (n) => (n % 3 === 0 ? email.toUpperCase() : ` ${email}`),
          (n) => `198.51.100.${String(n)}`,
        );
        // Whether the account is there, and who is known to it, shows in no answer.
        expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(401));
      }
      await database.query('UPDATE zakops.operators SET failed_logins = 0, locked_until = NULL');
      const right = apis.map((api) => attempt(api, 'known@example.com', PASSWORD, '198.51.100.99'));
      expect((await Promise.all(right)).map(({ status }) => status)).toEqual([401, 401]);
      expect((await known?.post('/auth/reauthenticate', { password: PASSWORD }))?.status).toBe(200);
      expect((await known?.logIn('known@example.com'))?.status).toBe(200);
    });

    it('counts the networks of one IPv6 line together', async () => {
      const compared = async (group: string): Promise<number> => {
        const answers = await attempts(
          90,
          (n) => `somebody-${String(n)}@example.com`,
          (n) => `2001:db8:1:${group}${n.toString(16).padStart(2, '0')}::1`,
        );
        return answers.filter(({ status }) => status === 401).length;
      };
      // Twenty for 56 bits, and forty for 48 bits as a whole.
      expect([await compared('1'), await compared('2'), await compared('3')]).toEqual([20, 20, 0]);
      expect((await attempt(apis[0] as LoginApi, 'nobody@example.com', WRONG, '2001:db8:2::1')).status).toBe(401);
    });

    it('counts a known browser apart, so that callers of the same address do not use up its attempts', async () => {
      const [api] = apis;
      const ann = await api?.loggedIn('ann@example.com');
      await attempts(
        12,
        (n) => `somebody-${String(n)}@example.com`,
        () => '127.0.0.1',
      );
      const fresh = await api?.visitor().logIn('ann@example.com');
      expect([fresh?.status, (await ann?.post('/auth/reauthenticate', { password: PASSWORD }))?.status]).toEqual([429, 200]);
      ann?.cookies.delete('zakops_session');
      expect((await ann?.logIn('ann@example.com'))?.status).toBe(200);
    });

    it('limits every other call that takes a password or a token', async () => {
      const [api] = apis;
      if (api === undefined) throw new Error('There is no API.');
      const calls: [string, object][] = [
        ['/auth/setup', { token: 'zks_x', password: PASSWORD }],
        ['/auth/register', { email: 'x@example.com', password: PASSWORD, name: 'x' }],
        ['/auth/reauthenticate', { password: WRONG }],
        ['/auth/password', { current_password: WRONG, new_password: 'a password that is long enough' }],
      ];
      for (const [n, [path, body]] of calls.entries()) {
        // An account and an address of its own for each, so that they do not use up each other's attempts.
        const visitor = await api.loggedIn(`somebody-${String(n)}@example.com`);
        const from = { 'x-forwarded-for': `192.0.2.${String(n)}` };
        const statuses: number[] = [];
        for (let m = 0; m < 11; m += 1) statuses.push((await visitor.call('POST', path, body, from)).status);
        expect([path, statuses.at(-1)]).toEqual([path, 429]);
        expect(statuses.slice(0, 9)).not.toContain(429);
      }
    });
  });
});
