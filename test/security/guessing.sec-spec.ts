import type { Answer } from './support/browser.js';
import { Browser } from './support/browser.js';
import { emailOf, PASSWORD, Target } from './support/target.js';

/** As libs/operators/src/domain/login-delay.ts has it. */
const LONGEST_LOCK_SECONDS = 900;
const NOBODY = 'nobody@attacked.example';
const WRONG = 'a wrong passphrase of five words';

// ASVS 5.0: 6.3.8 (enumeration by message and by time), 8.2.2 (objects of others). API Security Top 10 2023: API2.
describe('a search for accounts', () => {
  let target: Target;
  beforeAll(async () => {
    target = await Target.start();
    await target.makeOperator('disabled@attacked.example', 'viewer');
    await target.makeOperator('unset@attacked.example', 'viewer');
    await target.makeOperator('locked@attacked.example', 'viewer');
    await target.database.query(`UPDATE zakops.operators SET status = 'disabled' WHERE email LIKE 'disabled@%'`);
    await target.database.query(`UPDATE zakops.operators SET password_hash = NULL WHERE email LIKE 'unset@%'`);
  }, 60_000);
  beforeEach(() => resetLocks());
  afterAll(() => target.stop());

  /**
   * Opens every account but the one that is locked, so that being tried locks nobody. The lock is renewed with the clock of now:
   * one that is further ahead than the longest lock does not count, because the clock was set back since.
   */
  async function resetLocks(): Promise<void> {
    await target.database.query(
      `UPDATE zakops.operators SET failed_logins = 0,
              locked_until = CASE WHEN email LIKE 'locked@%' THEN clock_timestamp() + make_interval(secs => $1) END`,
      [LONGEST_LOCK_SECONDS],
    );
  }

  /** What an attacker could tell apart. */
  function told({ status, headers, body }: Answer): unknown {
    const { traceId: _trace, error: _legacy, ...rest } = body;
    const names = [...headers.keys()].sort();
    return [status, names, rest];
  }

  it.each([
    ['wrong password', emailOf('admin'), WRONG],
    ['a password shorter than any', emailOf('admin'), 'x'],
    ['disabled, with the right password', 'disabled@attacked.example', PASSWORD],
    ['no password yet', 'unset@attacked.example', PASSWORD],
    ['locked, with the right password', 'locked@attacked.example', PASSWORD],
  ])('hears the same as for no account: %s', async (_what, email, password) => {
    const nobody = await target.browser().logIn(NOBODY, password);
    const somebody = await target.browser().logIn(email, password);
    expect(told(somebody)).toEqual(told(nobody));
    expect(somebody.status).toBe(401);
  });

  it('learns nothing from the time that a refusal takes', async () => {
    const kinds = {
      nobody: NOBODY,
      somebody: emailOf('admin'),
      disabled: 'disabled@attacked.example',
      unset: 'unset@attacked.example',
      locked: 'locked@attacked.example',
    };
    const took = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
    const rounds = 41;
    for (let round = 0; round < rounds; round += 1) {
      // One after the other in every round, so that what slows the machine down slows all kinds down.
      for (const [kind, email] of Object.entries(kinds)) {
        const begunAt = performance.now();
        const { status } = await target.browser().logIn(email, WRONG);
        took.get(kind)?.push(performance.now() - begunAt);
        expect(status).toBe(401);
      }
      await resetLocks();
    }
    const medianOf = (kind: string): number => [...(took.get(kind) ?? [])].sort((a, b) => a - b)[(rounds - 1) / 2] ?? Number.NaN;
    const ratios = Object.keys(kinds).map((kind) => [kind, medianOf(kind) / medianOf('nobody')]);
    // A hash that is left out shows as a fifth of the time or less.
    expect(ratios.filter(([, ratio]) => !(Number(ratio) > 0.6 && Number(ratio) < 1.67))).toEqual([]);
  }, 90_000);

  it('cannot tell a deal that is not there from an operator or key of somebody else', async () => {
    const [viewer, analyst] = [await target.loggedIn('viewer'), await target.loggedIn('analyst')];
    const made = await analyst.post('/api/auth/api-keys', { name: 'own', scopes: ['deals:read'] });
    const sessions = await analyst.get('/api/auth/sessions');
    const [session] = JSON.parse(sessions.text) as { id: string }[];
    const nobodys = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const [path, foreign] of [
      ['/api/auth/api-keys', String(made.body['id'])],
      ['/api/auth/sessions', session?.id ?? ''],
    ] as const) {
      const [theirs, none] = [await viewer.call('DELETE', `${path}/${foreign}`), await viewer.call('DELETE', `${path}/${nobodys}`)];
      expect([theirs.status, theirs.body['code'], theirs.body['detail']?.toString().replaceAll(foreign, nobodys)]).toEqual([
        404,
        none.body['code'],
        none.body['detail'],
      ]);
    }
    expect((await analyst.get('/api/auth/me')).status).toBe(200);
  });
});

// ASVS 5.0: 6.3.1 (brute force), 2.4.1 (anti-automation), 4.1.3, 15.3.4 (claimed addresses). API Security Top 10 2023: API2, API4.
describe('guessing of passwords at several replicas at once', () => {
  const PER_MINUTE = 10;
  let target: Target;
  beforeEach(async () => {
    target = await Target.start({ replicas: 2, env: { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_AUTH_PER_MINUTE: String(PER_MINUTE) } });
  }, 60_000);
  afterEach(() => target.stop());

  async function attempts(count: number, email: (n: number) => string, headers: (n: number) => Record<string, string>): Promise<Answer[]> {
    return Promise.all(
      Array.from({ length: count }, (_empty, n) =>
        new Browser(target.apis[n % target.apis.length]?.url ?? '').post(
          '/api/auth/login',
          { email: email(n), password: WRONG },
          headers(n),
        ),
      ),
    );
  }

  it('has ten attempts in a minute in all, whatever addresses are claimed, and is told when to come again', async () => {
    const answers = await attempts(
      60,
      () => emailOf('admin'),
      (n) => ({ 'x-forwarded-for': `10.0.0.${String(n)}`, 'x-real-ip': `10.1.0.${String(n)}` }),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(PER_MINUTE);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60 - PER_MINUTE);
    for (const { headers, body } of refused) {
      expect(body['code']).toBe('RATE_LIMITED');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Not the right password either: it would tell that it was right.
    expect((await target.browser().logIn(emailOf('admin'), PASSWORD)).status).toBe(429);
  });

  it('has no more by trying one password at many accounts', async () => {
    const answers = await attempts(
      60,
      (n) => `operator-${String(n)}@attacked.example`,
      () => ({}),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(PER_MINUTE);
  });

  it('closes the account by failing, and the right password opens it no sooner', async () => {
    await attempts(
      5,
      () => emailOf('viewer'),
      () => ({}),
    );
    const [row] = await target.database.query<{ locked: boolean }>(
      `SELECT locked_until > now() AS locked FROM zakops.operators WHERE email LIKE 'viewer@%'`,
    );
    expect(row).toEqual({ locked: true });
    expect((await target.browser().logIn(emailOf('viewer'), PASSWORD)).status).toBe(401);
    const [event] = await target.database.query('SELECT count(*)::int AS told FROM zakops.events WHERE type = $1', [
      'operator.login_locked',
    ]);
    expect(event).toEqual({ told: 1 });
  });
});
