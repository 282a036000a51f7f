import { userInfo } from 'node:os';
import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import { runCli } from './run-cli.js';
import type { CliEnd } from './run-cli.js';

const PASSWORD = 'correct horse battery staple';

interface Entry {
  readonly actor: string;
  readonly action: string;
  readonly resource_type: string;
}

const CREATE = ['operators', 'create', '--email', 'ann@example.com', '--name', 'Ann Example', '--role', 'oncall'];

describe('zakops operators', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  const run = (args: readonly string[], input?: string): Promise<CliEnd> => runCli(database.url, ['operators', ...args], input);

  const create = (email: string, role = 'admin', input = `${PASSWORD}\n`): Promise<CliEnd> =>
    run(['create', '--email', email, '--name', 'Ann Example', '--role', role, '--password-stdin'], input);

  const entries = (): Promise<Entry[]> =>
    database.query<Entry & Record<string, unknown>>(
      `SELECT actor_type || ':' || actor_id AS actor, action, resource_type FROM zakops.audit_log ORDER BY occurred_at`,
    );

  it.each([
    ['--as', ['--as', 'Ann'], { ZAKOPS_AS: 'Bob' }, 'Ann'],
    ['ZAKOPS_AS', [], { ZAKOPS_AS: 'Bob' }, 'Bob'],
    ['the user of the system', [], {}, userInfo().username],
  ])('notes in the audit log who typed: %s', async (_how, args, env, expected) => {
    const created = await runCli(database.url, [...CREATE, ...args], { env });
    expect(created).toMatchObject({ code: 0 });
    expect(await database.query(`SELECT DISTINCT details ->> 'typed_by' AS name FROM zakops.audit_log`)).toEqual([{ name: expected }]);
  });

  it('refuses a name that no log could show', async () => {
    expect(await runCli(database.url, [...CREATE, '--as', 'Ann\u202e'])).toEqual({
      code: 1,
      out: '',
      error: 'The name of --as must have 1 to 200 visible characters.\n',
    });
  });

  it('makes an operator with the password of the standard input, who can log in', async () => {
    const made = await create(' Ann@Example.COM', 'operator');
    expect(made).toEqual({ code: 0, out: 'ann@example.com is an operator (analyst) and can log in.\n', error: '' });
    expect(await entries()).toEqual([{ actor: 'system:cli', action: 'operator.created', resource_type: 'operator' }]);
    expect((await run(['list'])).out).toBe('ann@example.com\tanalyst\tactive\tAnn Example\n');

    const handed = [
      'create',
      '--email',
      'bob@example.com',
      '--name',
      'Bob',
      '--role',
      'admin',
      '--password-stdin',
      '--must-change-password',
    ];
    expect((await run(handed, PASSWORD)).code).toBe(0);

    let api: SpawnedApi | undefined;
    try {
      api = await spawnApi(database.url, { AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(40) });
      const { url } = api;
      const statusOfDeals = async (email: string): Promise<number[]> => {
        const login = await fetch(`${url}/api/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, password: PASSWORD }),
        });
        const cookie = login.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
        return [login.status, (await fetch(`${url}/api/deals`, { headers: { cookie: cookie.join('; ') } })).status];
      };
      expect(await statusOfDeals('ann@example.com')).toEqual([200, 200]);
      expect(await statusOfDeals('bob@example.com')).toEqual([200, 403]);
    } finally {
      await api?.stop();
    }
  });

  it('prints a setup token once when no password is given, and nothing of it is stored', async () => {
    const { code, out } = await run(['create', '--email', 'ann@example.com', '--name', 'Ame\u0301lie', '--role', 'viewer']);
    expect(code).toBe(0);
    expect(await database.query('SELECT name FROM zakops.operators')).toEqual([{ name: 'Am\u00E9lie' }]);
    const token = /zks_[\w-]{43}/.exec(out)?.[0] ?? '';
    expect(out).toMatch(/^ann@example\.com is an operator \(viewer\)\.\nSetup token, shown this once, good until \d{4}-.*Z: zks_/);
    const [stored] = await database.query("SELECT purpose, encode(token_hash, 'hex') AS hash FROM zakops.operator_setup_tokens");
    expect(stored).toMatchObject({ purpose: 'invitation' });
    expect(JSON.stringify(await database.query('SELECT * FROM zakops.audit_log'))).not.toContain(token);
  });

  it('disables and resets, and keeps the last administrator', async () => {
    await create('first@example.com');
    await create('second@example.com');
    expect(await run(['disable', '--email', 'second@example.com'])).toEqual({
      code: 0,
      out: 'second@example.com is disabled.\n',
      error: '',
    });
    expect(await run(['disable', '--email', 'first@example.com'])).toEqual({
      code: 1,
      out: '',
      error: 'first@example.com is the last active administrator; make another operator an administrator first.\n',
    });
    // Whoever runs this has the database anyway, and may have lost the only password.
    const reset = await run(['reset', '--email', 'FIRST@example.com']);
    expect(reset.code).toBe(0);
    expect(reset.out).toMatch(/^The password of first@example\.com is gone, and their sessions and keys are ended\.\nSetup token, .* zks_/);
    expect((await entries()).map(({ action }) => action)).toEqual([
      'operator.created',
      'operator.created',
      'operator.updated',
      'operator.reset',
    ]);
  });

  it.each([
    [
      'an e-mail that is taken',
      ['create', '--email', 'ANN@example.com', '--name', 'x', '--role', 'admin'],
      'Another operator has the e-mail ann@example.com.',
    ],
    [
      'an e-mail that is none',
      ['create', '--email', 'ann', '--name', 'x', '--role', 'admin'],
      'A field of the operator is invalid. email must be an e-mail address.',
    ],
    ['an operator who is not there', ['disable', '--email', 'nobody@example.com'], 'There is no operator nobody@example.com.'],
    [
      'an option that makes no sense',
      ['create', '--email', 'b@example.com', '--name', 'x', '--role', 'admin', '--must-change-password'],
      '--must-change-password is about the password of --password-stdin; without that they set their own.',
    ],
    ['a missing option', ['reset'], "error: required option '--email <email>' not specified"],
    [
      'an unheard-of role',
      ['create', '--email', 'b@example.com', '--name', 'x', '--role', 'boss'],
      "error: option '--role <role>' argument 'boss' is invalid. Allowed choices are admin, oncall, analyst, viewer, operator.",
    ],
  ])('says %s in one sentence and exits 1', async (_what, args, sentence) => {
    const ann = ['create', '--email', 'ann@example.com', '--name', 'Ann', '--role', 'admin'];
    // Only one of them is about who is there already.
    if (args.includes('ANN@example.com')) await run(ann);
    expect(await run(args)).toEqual({ code: 1, out: '', error: `${sentence}\n` });
  });

  it.each([
    ['nothing', '', 'There is no password on the standard input.'],
    ['too little', 'too short\n', 'The password cannot be used. password must have 12 to 128 characters.'],
    ['the e-mail', 'ann@example.com\n', 'The password cannot be used. password must not be the name or the e-mail of the operator.'],
    ['no end', 'x'.repeat(5_000), 'The password on the standard input is too long.'],
  ])('refuses %s as a password', async (_what, input, sentence) => {
    expect(await create('ann@example.com', 'admin', input)).toEqual({ code: 1, out: '', error: `${sentence}\n` });
    expect(await database.query('SELECT FROM zakops.operators')).toHaveLength(0);
  });

  it('shows what a terminal would obey, in names and in what it could not find', async () => {
    expect((await create('eve@example.com', 'operator')).code).toBe(0);
    await database.query(`UPDATE zakops.operators SET name = $1 WHERE email = 'eve@example.com'`, ['Eve\u001B[2J\u009B31m\tAdmin\n']);
    const { out } = await run(['list']);
    expect(out).toContain('eve@example.com\tanalyst\tactive\tEve\\u001b[2J\\u009b31m\\u0009Admin\\u000a\n');
    const unknown = await run(['disable', '--email', 'a\u001B[2J@example.com']);
    expect(unknown.code).toBe(1);
    expect(unknown.error.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it('says what is wrong with the database', async () => {
    const away = await runCli('postgres://ann:hidden-word@127.0.0.1:1/none', ['operators', 'list']);
    expect(away).toEqual({ code: 1, out: '', error: 'The database of DATABASE_URL cannot be used: connect ECONNREFUSED 127.0.0.1:1.\n' });
    const empty = await createTestDatabase({ empty: true });
    try {
      expect(await runCli(empty.url, ['operators', 'list'])).toEqual({
        code: 1,
        out: '',
        error: 'The schema of the database is not up to date: run npm run migrate first.\n',
      });
    } finally {
      await empty.drop();
    }
  });

  it('makes one first administrator, however many ask at once', async () => {
    const ends = await Promise.all([1, 2, 3].map(() => run(['first-admin'])));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    const answers = ends.map(({ out }) => JSON.parse(out) as { created: boolean; password?: string });
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(answers.find(({ created }) => created)).toEqual({
      created: true,
      email: 'admin@zakops.local',
      password: expect.stringMatching(/^[\w-]{20}$/),
    });
    expect(await entries()).toHaveLength(1);
  });
});
