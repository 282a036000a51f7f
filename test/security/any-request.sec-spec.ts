import fc from 'fast-check';
import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import { columnsWithDecomposed } from '../../apps/api/test/text-forms.js';
import type { Browser } from './support/browser.js';
import { FastClient } from './support/fast-client.js';
import type { FastAnswer } from './support/fast-client.js';
import { leaksIn, problemFaults } from './support/no-leak.js';
import { RequestGenerator } from './support/request-generator.js';
import type { AttackRequest } from './support/request-generator.js';
import { PASSWORD, SESSION_SECRET, Target } from './support/target.js';

const REQUESTS = 20_000;
const PARALLEL = 24;
const SEED = Number(process.env['SECURITY_SEED'] ?? Date.now() % 2 ** 31);
// They end the session that the requests are made with, or change its password: last, so that the others are not all refused.
const ENDS_SESSIONS = new Set([
  'logout',
  'endMySessions',
  'endMySession',
  'reauthenticate',
  'changePassword',
  'endSession',
  'endOperatorSessions',
  'updateOperator',
  'resetOperator',
]);

type Caller = () => Readonly<Record<string, string>>;

// ASVS 5.0: 2.2.1 and 2.2.2 (validation), 4.1.1 (media type), 13.4.6 (versions), 16.5.1, 16.5.3, 16.5.4 (errors).
// API Security Top 10 2023: API3, API4, API8.
describe('any request', () => {
  let target: Target;
  let client: FastClient;
  let document: ContractDocument;
  let generator: RequestGenerator;
  let secrets: readonly string[];
  const sessions = new Map<'admin' | 'viewer', Browser>();
  let keys: readonly string[];

  beforeAll(async () => {
    // Whatever a statement takes for granted of the server fails here.
    target = await Target.start({ worker: true, hostileDefaults: true, env: { DATABASE_POOL_SIZE: '20' } });
    client = new FastClient(Number(new URL(target.url).port), PARALLEL);
    for (const role of ['admin', 'viewer'] as const) sessions.set(role, await target.loggedIn(role));
    const admin = sessionOf('admin');
    const deals = [await admin.makeDeal('First'), await admin.makeDeal('Second')];
    const operators = await target.database.query<{ id: string }>(`SELECT id FROM zakops.operators WHERE role = 'analyst'`);
    keys = await Promise.all([admin.makeKey(['deals:read', 'deals:write']), admin.makeKey(['admin:stats'])]);
    document = new ContractDocument((await admin.get('/openapi.json')).body);
    generator = new RequestGenerator(document, [...deals, ...operators.map(({ id }) => id), 'DEAL-999999']);
    secrets = [SESSION_SECRET, PASSWORD, new URL(target.database.url).password, ...keys];
  }, 60_000);

  afterAll(async () => {
    client.close();
    await target.stop();
  });

  function sessionOf(role: 'admin' | 'viewer'): Browser {
    const browser = sessions.get(role);
    if (browser === undefined) throw new Error(`The ${role} is not logged in.`);
    return browser;
  }

  function callers(): readonly Caller[] {
    const withSession =
      (role: 'admin' | 'viewer'): Caller =>
      () => ({ cookie: sessionOf(role).cookieHeader, 'x-csrf-token': sessionOf(role).csrfToken ?? '' });
    // The administrator gets furthest, so half of the requests are theirs.
    return [withSession('admin'), withSession('admin'), withSession('admin'), withSession('viewer'), ...keys.map(asBearer), () => ({})];
  }

  async function keepSessions(): Promise<void> {
    // Failed attempts of the attack close the account for a while, as they should.
    await target.database.query('UPDATE zakops.operators SET failed_logins = 0, locked_until = NULL WHERE locked_until IS NOT NULL');
    await target.database.query('UPDATE zakops.login_sources SET failed_logins = 0, locked_until = NULL');
    for (const role of sessions.keys()) {
      if ((await sessionOf(role).get('/api/auth/me')).status !== 200) sessions.set(role, await target.loggedIn(role));
    }
  }

  function faultsOf(request: AttackRequest, { status, headers, text }: FastAnswer): readonly string[] {
    if (status >= 500) return [`status ${String(status)}`];
    const sent = [decodeURIComponent(request.path), request.path, request.body ?? '', ...Object.values(request.headers)].join('\n');
    const told = leaksIn(status < 400 ? '' : text, sent, secrets);
    const known = secrets.filter((secret) => text.includes(secret) && !sent.includes(secret));
    const shape = status < 400 ? [] : problemFaults(status, headers['content-type'] ?? null, String(headers['x-trace-id']), text);
    const version = ['server', 'x-powered-by'].filter((name) => name in headers);
    return [
      ...told.map((leak) => `tells ${leak}`),
      ...known.map(() => 'shows a secret'),
      ...shape,
      ...version.map((name) => `has a header ${name}`),
    ];
  }

  async function attack(operation: Operation, count: number, statuses: Map<number, number>): Promise<readonly string[]> {
    const requests = fc.sample(fc.tuple(fc.constantFrom(...callers()), generator.requestsTo(operation)), { numRuns: count, seed: SEED });
    const faults: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < requests.length; at = next++) {
        const [caller, request] = requests[at] as [Caller, AttackRequest];
        const answer = await client.send(request, caller()).catch((error: unknown) => String(error));
        const found = typeof answer === 'string' ? [answer] : faultsOf(request, answer);
        if (typeof answer !== 'string') statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (found.length > 0)
          faults.push(`${found.join(', ')}: ${JSON.stringify(request).slice(0, 600)} -> ${JSON.stringify(answer).slice(0, 600)}`);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return faults;
  }

  it(`gets less than 500, a problem body when refused, and nothing of the inside: ${String(REQUESTS)} requests, SECURITY_SEED=${String(SEED)}`, async () => {
    const operations = [...document.operations.values()].sort((a, b) => Number(ENDS_SESSIONS.has(a.id)) - Number(ENDS_SESSIONS.has(b.id)));
    const each = Math.ceil(REQUESTS / operations.length);
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    for (const operation of operations) {
      await keepSessions();
      faults.push(...(await attack(operation, each, statuses)));
    }
    expect(faults.slice(0, 5)).toEqual([]);
    const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(REQUESTS);
    // The attack gets in: were nearly everything refused at the door, it would prove little.
    const accepted = [...statuses].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
    expect(accepted).toBeGreaterThan(total / 5);
    // Whatever was accepted is stored in one form.
    expect(await columnsWithDecomposed(target.database)).toEqual([]);
    const wrong = target.log.split('\n').filter((line) => secrets.some((secret) => line.includes(secret)));
    expect(wrong).toEqual([]);
  }, 300_000);
});

function asBearer(key: string): Caller {
  return () => ({ authorization: `Bearer ${key}` });
}
