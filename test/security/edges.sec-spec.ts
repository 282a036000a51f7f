import { spawnApi } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { ContractDocument } from '../../apps/api/test/contract-document.js';
import type { Operation } from '../../apps/api/test/contract-document.js';
import {
  beforeTheBody,
  byOtherMethods,
  inTwoReadings,
  methodsOf,
  somePath,
  underForeignName,
  underOtherSpellings,
  withExpectation,
} from '../../apps/api/test/edge-calls.js';
import { Target } from './support/target.js';

// Open to everybody, so that only their size tells against their bodies.
const PUBLIC_STATUS = 413;

let target: Target;
/** Beside it, where nobody logs in. */
let open: SpawnedApi;
let document: ContractDocument;
let operations: readonly Operation[];
beforeAll(async () => {
  target = await Target.start({ env: { PUBLIC_HOSTS: 'api.zakops.example' } });
  open = await spawnApi(target.database.url, { LOG_LEVEL: 'fatal' });
  document = new ContractDocument((await target.browser().get('/openapi.json')).body);
  operations = [...document.operations.values()];
}, 60_000);
afterAll(async () => {
  await open.stop();
  await target.stop();
});

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

// ASVS 5.0: 4.2.1, 4.2.4. API Security Top 10 2023: API8.
describe('a request that two readers may read in two ways', () => {
  it('is refused by every operation', async () => {
    expect(await ofEach((operation) => inTwoReadings(target.url, operation))).toEqual(
      operations.map(({ id }) => [id, [400, 400, 400, 400]]),
    );
  });

  it.each(['application/json; charset=utf-7', 'application/json;CHARSET="UTF-16LE"', 'text/json', 'application/json, text/plain'])(
    'is refused by every operation when it is of the type %s',
    async (type) => {
      expect(await ofEach((operation) => beforeTheBody(open.url, operation, type))).toEqual(operations.map(({ id }) => [id, 415]));
    },
    60_000,
  );
});

// ASVS 5.0: 4.1.4. API Security Top 10 2023: API8.
describe('a method that a path does not take', () => {
  it('is refused with those that it takes, and OPTIONS names them, for every path', async () => {
    const paths = [...new Set(operations.map(somePath))];
    expect(paths.length).toBeGreaterThan(40);
    for (const path of paths) {
      const taken = methodsOf(operations, path);
      const answers = await byOtherMethods(target.url, path, taken);
      const withOptions = [...taken, 'OPTIONS'].sort().join(', ');
      expect([path, answers]).toEqual([
        path,
        answers.map(([method]) => (method === 'OPTIONS' ? [method, 204, withOptions] : [method, 405, taken.join(', ')])),
      ]);
    }
  }, 60_000);
});

// ASVS 5.0: 2.2.1. API Security Top 10 2023: API8.
describe('a filter with a value that is none of its own', () => {
  it('is refused by every operation, with the values that there are', async () => {
    const filters = operations.flatMap(({ id, method, path, parameters }) =>
      parameters.flatMap(({ name, in: place, schema }) => {
        const values = valuesOf(schema);
        return place === 'query' && values !== undefined ? [{ id, method, path, name, values }] : [];
      }),
    );
    expect(filters.length).toBeGreaterThanOrEqual(8);
    for (const { id, method, path, name, values } of filters) {
      const response = await fetch(`${open.url}${path}?${name}=no-such-value`, { method });
      const { code, errors = [] } = (await response.json()) as { code: string; errors?: { pointer: string; detail: string }[] };
      const about = errors.filter(({ pointer }) => pointer === name || pointer.startsWith(`${name}/`));
      expect([id, name, response.status, code, about.length]).toEqual([id, name, 400, 'VALIDATION_ERROR', 1]);
      expect([id, values.filter((value) => about[0]?.detail.includes(value) !== true)]).toEqual([id, []]);
    }
  });
});

// ASVS 5.0: 2.4.1, 15.2.2. API Security Top 10 2023: API4.
describe('a large body of somebody who is not logged in', () => {
  it('is refused by every operation before a byte of it is read', async () => {
    const answers = await ofEach((operation) => beforeTheBody(target.url, operation, 'application/json'));
    expect(answers.filter(([, status]) => status !== 401 && status !== PUBLIC_STATUS)).toEqual([]);
    expect(answers.filter(([, status]) => status === 401).length).toBeGreaterThan(operations.length / 2);
  }, 60_000);

  it('is not called for by an operation that would not read it', async () => {
    const takes = new Set(['login', 'register', 'setUpPassword']);
    const isPublic = ({ id, responses }: Operation): boolean => takes.has(id) || !('401' in responses);
    expect(await ofEach((operation) => withExpectation(target.url, operation, '100-continue'))).toEqual(
      operations.map((operation) => [operation.id, isPublic(operation) ? 100 : 401]),
    );
    expect(await ofEach((operation) => withExpectation(target.url, operation, '200-ok'))).toEqual(operations.map(({ id }) => [id, 417]));
  });

  it('is refused by its depth by every operation that takes one', async () => {
    const deep = '['.repeat(15_000);
    const taking = operations.filter(({ requestBody }) => requestBody !== undefined);
    expect(taking.length).toBeGreaterThan(10);
    for (const operation of taking) {
      const { method, id } = operation;
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(open.url + somePath(operation), { method, headers, body: deep });
      expect([id, response.status, (await response.text()).includes('TOO_DEEP')]).toEqual([id, 400, true]);
    }
  });

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

/** The values of a parameter that has some of its own, also as a list of them. */
function valuesOf(given: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const schema = document.resolve(given);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(String);
  return schema['items'] === undefined ? undefined : valuesOf(schema['items'] as Readonly<Record<string, unknown>>);
}
