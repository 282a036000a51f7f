import fc from 'fast-check';
import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Browser } from './support/browser.js';
import { FastClient } from './support/fast-client.js';
import { RequestGenerator } from './support/request-generator.js';
import { Target } from './support/target.js';

const EACH = 12;
const SEED = Number(process.env['SECURITY_SEED'] ?? Date.now() % 2 ** 31);

// ASVS 5.0: 16.5.2, 16.5.3. API Security Top 10 2023: API4, API8.
describe('every operation, while the database takes no changes', () => {
  let target: Target;
  let admin: Browser;
  let client: FastClient;
  let deal: string;

  const letWrite = async (yes: boolean): Promise<void> => {
    const { username, pathname } = new URL(target.database.url);
    const database = pathname.slice(1);
    await target.database.query(`ALTER ROLE ${username} IN DATABASE ${database} SET default_transaction_read_only = ${yes ? 'off' : 'on'}`);
    await target.database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2', [
      database,
      username,
    ]);
  };

  beforeAll(async () => {
    target = await Target.start({ env: { LOG_LEVEL: 'fatal', RATE_LIMIT_ENABLED: 'false' } });
    admin = await target.loggedIn('admin');
    deal = await admin.makeDeal('Read only');
    client = new FastClient(Number(new URL(target.url).port), 4);
  }, 60_000);

  afterAll(async () => {
    client.close();
    await target.stop();
  });

  it(`is answered, or with 503 and when to come again, and never with 500: SECURITY_SEED=${String(SEED)}`, async () => {
    const document = new ContractDocument((await admin.get('/openapi.json')).body);
    const operators = await target.database.query<{ id: string }>(`SELECT id FROM zakops.operators WHERE role = 'viewer'`);
    const generator = new RequestGenerator(document, [deal, ...operators.map(({ id }) => id)]);
    const caller = { cookie: admin.cookieHeader, 'x-csrf-token': admin.csrfToken ?? '' };
    await letWrite(false);
    const away = new Set<string>();
    const faults: string[] = [];
    for (const operation of document.operations.values()) {
      for (const request of fc.sample(generator.fittingTo(operation), { numRuns: EACH, seed: SEED })) {
        const { status, headers, text } = await client.send(request, caller);
        if (status === 503) away.add(operation.id);
        const isTold = status !== 503 || headers['retry-after'] !== undefined || /\/health/.test(operation.path);
        if ((status >= 500 && status !== 503) || !isTold)
          faults.push(`${operation.id} ${JSON.stringify(request).slice(0, 300)} -> ${String(status)} ${text.slice(0, 300)}`);
      }
    }
    expect(faults.slice(0, 5)).toEqual([]);
    // The attack reaches the database: these change something with every request that fits.
    expect(['createDeal', 'logout', 'login'].filter((id) => !away.has(id))).toEqual([]);
    await letWrite(true);
  }, 120_000);
});
