import { spawnApi } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import { beforeTheBody, somePath, underForeignName, underOtherSpellings } from '../../apps/api/test/edge-calls.js';
import { Target } from './support/target.js';

// Open to everybody, so that only their size tells against their bodies.
const PUBLIC_STATUS = 413;

let target: Target;
let operations: readonly Operation[];
beforeAll(async () => {
  target = await Target.start({ env: { PUBLIC_HOSTS: 'api.zakops.example' } });
  operations = [...new ContractDocument((await target.browser().get('/openapi.json')).body).operations.values()];
}, 60_000);
afterAll(() => target.stop());

async function traces(): Promise<unknown> {
  const [row] = await target.database.query(
    `SELECT (SELECT count(*) FROM zakops.audit_log) AS audit, (SELECT count(*) FROM zakops.events) AS events,
            (SELECT count(*) FROM zakops.operators) AS operators, (SELECT count(*) FROM zakops.api_keys) AS keys`,
  );
  return row;
}

async function ofEach<T>(ask: (operation: Operation) => Promise<T>): Promise<readonly (readonly [string, T])[]> {
  return Promise.all(operations.map(async (operation) => [operation.id, await ask(operation)] as const));
}

// ASVS 5.0: 3.4.2, 3.5.1, 4.1.3. API Security Top 10 2023: API8.
describe('a page whose name was pointed to this machine', () => {
  let open: SpawnedApi;
  beforeAll(async () => {
    open = await spawnApi(target.database.url, {});
  }, 60_000);
  afterAll(() => open.stop());

  it.each([
    ['where nobody logs in', () => open.url],
    ['where public names are set', () => target.url],
  ])('reads and does nothing by any operation, %s', async (_where, url) => {
    const before = await traces();
    expect(await ofEach((operation) => underForeignName(url(), operation))).toEqual(operations.map(({ id }) => [id, [421, 421, 421]]));
    expect(await traces()).toEqual(before);
  });
});

// ASVS 5.0: 4.1.3, 15.3.4. API Security Top 10 2023: API5, API8.
describe('a path that a rule of a proxy may not know', () => {
  it('is sent to the one that it knows, for every operation', async () => {
    const expected = operations.map((operation) => [operation.id, Array(3).fill([308, somePath(operation)])]);
    expect(await ofEach((operation) => underOtherSpellings(target.url, operation))).toEqual(expected);
  });
});

// ASVS 5.0: 2.4.1, 15.2.2. API Security Top 10 2023: API4.
describe('a large body of somebody who is not logged in', () => {
  it('is refused by every operation before a byte of it is read', async () => {
    const answers = await ofEach((operation) => beforeTheBody(target.url, operation, 'application/json'));
    expect(answers.filter(([, status]) => status !== 401 && status !== PUBLIC_STATUS)).toEqual([]);
    expect(answers.filter(([, status]) => status === 401).length).toBeGreaterThan(operations.length / 2);
  }, 60_000);

  it('is refused by its depth before it is parsed', async () => {
    const deep = '['.repeat(15_000);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async () => (await target.browser().post('/api/auth/login', deep)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([400]));
    const { status, text } = await target.browser().post('/api/auth/login', deep);
    expect([status, text.includes('TOO_DEEP')]).toEqual([400, true]);
    expect((await target.browser().get('/health')).status).toBe(200);
  });
});
