import { readFileSync } from 'node:fs';
import { LoginApi, PASSWORD } from './login-harness.js';
import type { Visitor } from './login-harness.js';

const DOCUMENT = 'docs/security.md';
const HEADING = '## What ends what';
const COLUMNS = ['session that acts', 'other sessions', 'API keys', 'setup token', 'known browsers'] as const;
const OTHER = 'another horse battery staple';

type Person = Visitor & { readonly id: string };

/** Everything that lets somebody in. */
interface Scene {
  readonly api: LoginApi;
  readonly admin: Person;
  readonly ann: Person;
  readonly setupToken: string;
}

/** What is done, by its name in the document; each gives the status that it was answered with. */
const EVENTS: Readonly<Record<string, (scene: Scene) => Promise<number>>> = {
  'password changed': ({ ann }) => statusOf(ann.post('/auth/password', { current_password: PASSWORD, new_password: OTHER })),
  'password changed, `end_api_keys`': ({ ann }) =>
    statusOf(ann.post('/auth/password', { current_password: PASSWORD, new_password: OTHER, end_api_keys: true })),
  'password set with a setup token': ({ api, setupToken: token }) =>
    statusOf(api.visitor().post('/auth/setup', { token, password: OTHER })),
  'password given again': ({ ann }) => statusOf(ann.post('/auth/reauthenticate', { password: PASSWORD })),
  logout: ({ ann }) => statusOf(ann.post('/auth/logout')),
  'all own sessions ended': ({ ann }) => statusOf(ann.call('DELETE', '/auth/sessions')),
  'all own sessions but this ended': ({ ann }) => statusOf(ann.call('DELETE', '/auth/sessions?keep_current=true')),
  'all sessions ended by an administrator': ({ admin, ann }) => statusOf(admin.call('DELETE', `/admin/operators/${ann.id}/sessions`)),
  'reset by an administrator': async ({ admin, ann }) =>
    (await statusOf(admin.post(`/admin/operators/${ann.id}/reset`))) === 201 ? 200 : 0,
  disabled: ({ admin, ann }) => patch(admin, ann, { status: 'disabled' }),
  'disabled and made active again': async ({ admin, ann }) => {
    await patch(admin, ann, { status: 'disabled' });
    return patch(admin, ann, { status: 'active' });
  },
  'role lowered': ({ admin, ann }) => patch(admin, ann, { role: 'viewer' }),
};

function patch(admin: Visitor, { id }: Person, body: object): Promise<number> {
  return statusOf(admin.call('PATCH', `/admin/operators/${id}`, body));
}

async function statusOf(answer: Promise<{ readonly status: number }>): Promise<number> {
  return (await answer).status;
}

/** The rows of the table: the event, and for each credential the first word of its cell. */
function tableOf(document: string): [string, string[]][] {
  const section = document.slice(document.indexOf(HEADING)).split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [header = [], , ...body] = cells;
  expect(header.slice(1)).toEqual(COLUMNS);
  return body.map(([event = '', ...outcomes]) => [event, outcomes.map((outcome) => /^\w+/.exec(outcome)?.[0] ?? '')]);
}

describe(`the table of ${DOCUMENT}`, () => {
  let api: LoginApi;
  let admin: Person;

  beforeAll(async () => {
    api = await LoginApi.start();
    admin = await api.loggedIn('admin@example.com', 'admin');
  });

  afterAll(async () => {
    await api.stop();
  });

  /** Browsers and addresses from which an operator logged in, the first first. */
  const knownSources = async (operatorId: string): Promise<readonly string[]> =>
    (
      await api.database.query<{ source: string }>(
        `SELECT encode(source, 'hex') AS source FROM zakops.login_sources WHERE operator_id = $1 ORDER BY last_used_at, source`,
        [operatorId],
      )
    ).map(({ source }) => source);

  const table = tableOf(readFileSync(DOCUMENT, 'utf8'));

  it('lists every event that is tried here', () => {
    expect(table.map(([event]) => event)).toEqual(Object.keys(EVENTS));
  });

  it.each(table)('%s', async (event, outcomes) => {
    const email = `ann-${String(Object.keys(EVENTS).indexOf(event))}@example.com`;
    const ann = await api.loggedIn(email);
    const other = api.visitor();
    await other.logIn(email);
    const { body: key } = await ann.post('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });
    const setupToken = `zks_${event}`;
    await api.database.query(
      `INSERT INTO zakops.operator_setup_tokens (token_hash, operator_id, purpose, expires_at)
       VALUES (sha256(convert_to($1, 'UTF8')), $2, 'reset', now() + interval '1 hour')`,
      [setupToken, ann.id],
    );
    const withKey = (): Promise<number> =>
      statusOf(api.visitor().call('GET', '/deals', undefined, { authorization: `Bearer ${String(key['key'])}` }));
    const [browser] = await knownSources(ann.id);
    const isKnown = async (): Promise<boolean> => (await knownSources(ann.id)).includes(browser ?? '');
    const me = (who: Visitor): Promise<number> => statusOf(who.get('/auth/me'));
    const act = EVENTS[event];
    if (act === undefined) throw new Error(`Nothing is known of ${event}.`);
    // A session that was ended loses its cookies; it is asked about all the same.
    const cookies = new Map(ann.cookies);
    expect([await me(ann), await me(other), await withKey()]).toEqual([200, 200, 200]);

    expect(await act({ api, admin, ann, setupToken })).toBe(200);

    if (!ann.cookies.has('zakops_session')) for (const [name, value] of cookies) ann.cookies.set(name, value);
    const known = await isKnown();
    const left = [
      await me(ann),
      await me(other),
      await withKey(),
      await statusOf(api.visitor().post('/auth/setup', { token: setupToken, password: OTHER })),
    ];
    const told = left.map((status) => (status === 200 ? 'stays' : status === 401 ? 'ends' : status));
    expect([...told, known ? 'stays' : 'ends']).toEqual(outcomes);
  });

  it('counts what goes on', async () => {
    const ann = await api.loggedIn('counted@example.com');
    const make = (): Promise<unknown> => ann.post('/auth/api-keys', { name: 'import', scopes: ['deals:read'] });
    await make();
    await make();
    const change = { current_password: PASSWORD, new_password: OTHER };
    expect((await ann.post('/auth/password', change)).body).toMatchObject({ ended_sessions: 0, ended_api_keys: 0, api_keys_left: 2 });
    const back = { current_password: OTHER, new_password: PASSWORD, end_api_keys: true };
    expect((await ann.post('/auth/password', back)).body).toMatchObject({ ended_sessions: 0, ended_api_keys: 2, api_keys_left: 0 });
    await make();
    expect((await ann.call('DELETE', '/auth/sessions')).body).toEqual({ ended: 1, api_keys_left: 1 });
  });
});
