const PASSWORD = 'correct horse battery staple';
const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

/** One call of an operation, and the status that it is answered with. */
interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** Somebody who is logged in. */
interface Person {
  readonly id: string;
  readonly sessionId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Operators with sessions, keys and tokens to try the operations on; each that is used up has one of its own. */
export interface OperatorsScene {
  readonly admin: Person;
  readonly leaver: Person;
  readonly returner: Person;
  readonly changer: Person;
  readonly ender: Person;
  readonly target: Person;
  readonly setupToken: string;
  readonly keyIds: readonly string[];
}

type Json = Record<string, unknown>;

/** Makes the scene at an API where nobody has to log in. */
export async function makeOperatorsScene(url: string): Promise<OperatorsScene> {
  const post = async (
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ body: Json; cookie: string }> => {
    const response = await fetch(`${url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const cookie = response.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
    return { body: (await response.json()) as Json, cookie: cookie.join('; ') };
  };
  const invite = async (name: string): Promise<Json> =>
    (await post('/admin/operators', { email: `${name}@example.com`, name, role: 'admin' })).body;
  const person = async (name: string): Promise<Person> => {
    const { id, setup_token: token } = await invite(name);
    await post('/auth/setup', { token, password: PASSWORD });
    const { body, cookie } = await post('/auth/login', { email: `${name}@example.com`, password: PASSWORD });
    const me = (await (await fetch(`${url}/api/auth/me`, { headers: { cookie } })).json()) as Json;
    return { id: String(id), sessionId: String(me['session_id']), headers: { cookie, 'x-csrf-token': String(body['csrf_token']) } };
  };
  const admin = await person('admin');
  const keyIds: string[] = [];
  for (const name of ['first', 'second', 'third'])
    keyIds.push(String((await post('/auth/api-keys', { name, scopes: ['deals:read'] }, admin.headers)).body['id']));
  return {
    admin,
    leaver: await person('leaver'),
    returner: await person('returner'),
    changer: await person('changer'),
    ender: await person('ender'),
    target: await person('target'),
    setupToken: String((await invite('newcomer'))['setup_token']),
    keyIds,
  };
}

/** At least one call for every operation about operators, in the order in which they can work. */
export function operatorCalls(scene: OperatorsScene): Readonly<Record<string, readonly Call[]>> {
  const { admin, leaver, returner, changer, ender, target, setupToken, keyIds } = scene;
  const { headers } = admin;
  const [rotated = NOWHERE, revoked = NOWHERE, revokedByAdmin = NOWHERE] = keyIds;
  const here = { id: target.id };
  const nowhere = { id: NOWHERE };
  const nonsense = { path: { id: 'nonsense' }, status: 400 };
  return {
    login: [
      { body: { email: 'admin@example.com', password: PASSWORD }, status: 200 },
      { body: { email: 'admin@example.com', password: 'wrong' }, status: 401 },
      { body: { email: 'admin' }, status: 400 },
    ],
    logout: [{ headers: leaver.headers, status: 200 }],
    reauthenticate: [
      { headers: returner.headers, body: { password: 'wrong' }, status: 401 },
      { headers: returner.headers, body: { password: PASSWORD }, status: 200 },
      { body: { password: PASSWORD }, status: 403 },
    ],
    getMe: [{ headers: { cookie: headers['cookie'] ?? '' }, status: 200 }, { status: 200 }],
    checkLogin: [{ status: 200 }],
    register: [
      { body: { email: 'nobody@example.com', password: PASSWORD, name: 'Nobody' }, status: 403 },
      { body: { email: 'nobody@example.com', password: PASSWORD, name: 'Nobody', role: 'admin' }, status: 400 },
    ],
    setUpPassword: [
      { body: { token: setupToken, password: 'short' }, status: 400 },
      { body: { token: setupToken, password: PASSWORD }, status: 200 },
      { body: { token: setupToken, password: PASSWORD }, status: 401 },
    ],
    changePassword: [
      { headers: changer.headers, body: { current_password: 'wrong', new_password: `${PASSWORD}!` }, status: 401 },
      { headers: changer.headers, body: { current_password: PASSWORD, new_password: `${PASSWORD}!` }, status: 200 },
    ],
    listMySessions: [{ headers, status: 200 }],
    endMySession: [
      { headers, path: nowhere, status: 404 },
      { headers, ...nonsense },
    ],
    endMySessions: [
      { headers: ender.headers, query: { keep_current: 'true' }, status: 200 },
      { headers: ender.headers, status: 200 },
      { headers, query: { keep_current: 'perhaps' }, status: 400 },
    ],
    listMyApiKeys: [{ headers, status: 200 }],
    createApiKey: [
      {
        headers,
        body: { name: 'import', scopes: ['deals:read', 'admin:stats'], expires_at: new Date(Date.now() + 3_600_000).toISOString() },
        status: 201,
      },
      { headers, body: { name: 'import', scopes: ['all'] }, status: 400 },
      { body: { name: 'import', scopes: ['deals:read'] }, status: 403 },
    ],
    rotateApiKey: [
      { headers, path: { id: rotated }, body: { overlap_seconds: 60 }, status: 201 },
      { headers, path: nowhere, status: 404 },
    ],
    revokeApiKey: [
      { headers, path: { id: revoked }, status: 204 },
      { headers, path: { id: revoked }, status: 404 },
    ],
    listOperators: [
      { status: 200 },
      { query: { limit: '1', role: 'operator', status: 'invited' }, status: 200 },
      { query: { cursor: 'forged' }, status: 400 },
    ],
    inviteOperator: [
      { body: { email: 'more@example.com', name: 'More', role: 'operator' }, status: 201 },
      { body: { email: 'more@example.com', name: 'More', role: 'viewer' }, status: 409 },
      { body: { email: 'more@example.com', name: 'More', role: 'boss' }, status: 400 },
    ],
    getOperator: [{ path: here, status: 200 }, { path: nowhere, status: 404 }, nonsense],
    updateOperator: [
      { path: here, body: { name: 'Renamed', role: 'viewer' }, status: 200 },
      { path: here, body: { name: 'x' }, headers: { 'if-match': '"1"' }, status: 412 },
      { path: here, body: { email: 'x@example.com' }, status: 400 },
      { path: nowhere, body: { name: 'x' }, status: 404 },
    ],
    listOperatorSessions: [
      { path: here, status: 200 },
      { path: nowhere, status: 404 },
    ],
    endSession: [
      { path: { id: target.sessionId }, status: 204 },
      { path: { id: target.sessionId }, status: 404 },
    ],
    endOperatorSessions: [
      { path: here, status: 200 },
      { path: nowhere, status: 404 },
    ],
    listOperatorApiKeys: [
      { path: { id: admin.id }, status: 200 },
      { path: nowhere, status: 404 },
    ],
    revokeAnyApiKey: [
      { path: { id: revokedByAdmin }, status: 204 },
      { path: { id: revokedByAdmin }, status: 404 },
    ],
    resetOperator: [
      { path: here, status: 201 },
      { path: nowhere, status: 404 },
    ],
  };
}
