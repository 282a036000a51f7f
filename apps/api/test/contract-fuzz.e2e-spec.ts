import { createTestDatabase, spawnApi } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';
import fc from 'fast-check';
import { ContractDocument } from './contract-document.js';
import type { Operation } from './contract-document.js';
import { beforeTheBody, inTwoReadings, somePath, underForeignName, underOtherSpellings, withExpectation } from './edge-calls.js';
import { columnsWithDecomposed, decomposed, decomposedQuery, isDecomposed } from './text-forms.js';

const RUNS_PER_OPERATION = 25;
// They would stay open.
const STREAMS: ReadonlySet<string> = new Set(['streamEvents', 'streamOps']);
// What a detail must never show: file paths, stack lines, SQL, connection strings.
const LEAK =
  /(?:\/(?:home|root|work|usr|tmp|node_modules)\/|\bat .+:\d+:\d+|\b(?:SELECT|INSERT|UPDATE|DELETE)\b .+ (?:FROM|INTO|SET)\b|postgres(?:ql)?:\/\/)/;

interface FuzzCall {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

describe('any input', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let document: ContractDocument;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await spawnApi(database.url, { LOG_LEVEL: 'fatal' });
    document = new ContractDocument((await (await fetch(`${api.url}/openapi.json`)).json()) as Record<string, unknown>);
    for (let n = 0; n < 3; n += 1) await openDeal();
  });

  async function openDeal(): Promise<string> {
    const response = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: 'acme-plumbing' }),
    });
    return ((await response.json()) as { deal_id: string }).deal_id;
  }

  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const junk = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.integer().map(String),
    fc.constantFrom(
      '',
      ' ',
      '0',
      '-1',
      '1e999',
      'null',
      'true',
      '%',
      '_',
      "'; DROP TABLE deals; --",
      '../../etc/passwd',
      '\u0000',
      '[]',
      '{}',
      'DEAL-000001',
      'DEAL-999999',
      'closing',
    ),
  );

  // No tag that we make is among the first: a change under one of them must not be made.
  const conditions = fc.record(
    {
      'if-match': fc.constantFrom('"never"', 'W/"1"', '"a,b", W/"1-x"', 'nonsense', ',', '"1" "2"'),
      'if-none-match': fc.constantFrom('*', '"1"', 'W/"1-x" , "a,b"', 'nonsense', '"'),
    },
    { requiredKeys: [] },
  );

  /** Values that mostly fit a schema, so that the fuzz gets past the first check. */
  function valueFor(given: Readonly<Record<string, unknown>>, depth = 0): fc.Arbitrary<unknown> {
    const schema = document.resolve(given);
    const anything = fc.oneof(junk, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>);
    const fitting = (): fc.Arbitrary<unknown> => {
      const allOf = schema['allOf'] as Record<string, unknown>[] | undefined;
      if (allOf?.[0] !== undefined) return valueFor(allOf[0], depth);
      if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...(schema['enum'] as unknown[]));
      const type = Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type'];
      if (type === 'integer' || type === 'number') return fc.oneof(fc.integer({ min: -5, max: 500 }), fc.double());
      if (type === 'boolean') return fc.boolean();
      if (type === 'array' && depth < 4)
        return fc.array(valueFor((schema['items'] ?? {}) as Record<string, unknown>, depth + 1), { maxLength: 3 });
      if (type === 'object' && depth < 4) {
        const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>);
        return fc.record(Object.fromEntries(properties.map(([name, property]) => [name, valueFor(property, depth + 1)])), {
          requiredKeys: [],
        });
      }
      return junk;
    };
    return fc.oneof({ weight: 4, arbitrary: fitting() }, { weight: 1, arbitrary: anything });
  }

  function callOf(operation: Operation): fc.Arbitrary<FuzzCall> {
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
    const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
    const body =
      operation.requestBody === undefined
        ? fc.constant(undefined)
        : fc.oneof(
            valueFor(operation.requestBody).map((value) => JSON.stringify(value)),
            junk,
          );
    const values = (parameters: Operation['parameters'], requiredKeys: [] | undefined): fc.Arbitrary<Record<string, unknown>> =>
      fc.record(
        Object.fromEntries(
          parameters.map(({ name, schema }) => [
            name,
            fc.oneof({ weight: 3, arbitrary: valueFor(schema) }, { weight: 1, arbitrary: junk }),
          ]),
        ),
        requiredKeys === undefined ? {} : { requiredKeys },
      );
    const headers = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: conditions });
    return fc.tuple(values(inPath, undefined), values(inQuery, []), body, headers).map(([path, query, text, given]) => ({
      path: operation.path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => encodeURIComponent(asText(path[name]))),
      query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, asText(value)])),
      body: text,
      headers: given,
    }));
  }

  it('is answered with less than 500, and every refusal is one problem body that tells nothing of the inside', async () => {
    for (const operation of document.operations.values()) {
      // A stream that opens does not end; its refusals are tested beside it.
      if (STREAMS.has(operation.id)) continue;
      await fc.assert(
        fc.asyncProperty(callOf(operation), async ({ path, query, body, headers }) => {
          const search = new URLSearchParams(query);
          const response = await fetch(`${api.url}${path}${search.size > 0 ? `?${search.toString()}` : ''}`, {
            method: operation.method,
            headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
            ...(body === undefined ? {} : { body }),
          });
          const text = await response.text();
          const said = `${operation.method} ${path} ${body ?? ''} -> ${response.status} ${text.slice(0, 300)}`;
          // A worker is not running here: the detailed health may say so, with its own body.
          if (response.status >= 500) throw new Error(said);
          if (response.status < 400 && 'if-match' in headers && judgesConditions(operation))
            throw new Error(`In spite of If-Match: ${said}`);
          if (response.status === 200 && '304' in operation.responses && !response.headers.has('etag')) throw new Error(`No tag: ${said}`);
          if (response.status < 400) return;
          const problem = JSON.parse(text) as Record<string, unknown>;
          const complete =
            response.headers.get('content-type')?.startsWith('application/problem+json') === true &&
            problem['status'] === response.status &&
            problem['traceId'] === response.headers.get('x-trace-id') &&
            ['type', 'title', 'detail', 'instance', 'code', 'error'].every((member) => member in problem);
          if (!complete || LEAK.test(String(problem['detail']).replaceAll(path, ''))) throw new Error(said);
        }),
        { numRuns: RUNS_PER_OPERATION },
      );
    }
  }, 120_000);

  it('is kept and answered composed, whichever text of a body or query was not', async () => {
    const accepted: string[] = [];
    for (const operation of document.operations.values()) {
      const query = decomposedQuery(document, operation);
      if (STREAMS.has(operation.id) || (operation.requestBody === undefined && Object.keys(query).length === 0)) continue;
      const path = operation.path
        // A deal of its own: the call may be its end.
        .replace('/deals/{id}', `/deals/${await openDeal()}`)
        .replaceAll(/\{\w+\}/g, '01890a5d-ac96-774b-bcce-b302099a8057');
      const response = await fetch(`${api.url}${path}?${new URLSearchParams(query).toString()}`, {
        method: operation.method,
        headers: { 'content-type': 'application/json' },
        ...(operation.requestBody === undefined ? {} : { body: JSON.stringify(decomposed(document, operation.requestBody)) }),
      });
      const text = await response.text();
      if (response.status >= 500 || isDecomposed(text)) throw new Error(`${operation.id} -> ${response.status} ${text}`);
      if (response.ok) accepted.push(operation.id);
    }
    expect(accepted).toEqual(expect.arrayContaining(['createDeal', 'updateDeal', 'addAlias', 'listDeals']));
    expect(await columnsWithDecomposed(database)).toEqual([]);
  }, 60_000);

  it('under a foreign name, in another spelling, with two meanings, a body of another type or an unknown expectation is refused by every operation', async () => {
    const edges = await Promise.all(
      [...document.operations.values()].map(async (operation) => ({
        id: operation.id,
        foreign: await underForeignName(api.url, operation),
        spelled: await underOtherSpellings(api.url, operation),
        twofold: await inTwoReadings(api.url, operation),
        body: await beforeTheBody(api.url, operation, 'text/plain'),
        expectation: await withExpectation(api.url, operation, '200-ok'),
      })),
    );
    expect(edges).toEqual(
      [...document.operations.values()].map((operation) => ({
        id: operation.id,
        foreign: [421, 421, 421],
        spelled: Array(3).fill([308, somePath(operation)]),
        twofold: [400, 400, 400, 400],
        body: 415,
        expectation: 417,
      })),
    );
  }, 60_000);
});

/** All but what has no tag because it is no JSON. */
function judgesConditions({ method, responses }: Operation): boolean {
  return method !== 'GET' || '304' in responses;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
