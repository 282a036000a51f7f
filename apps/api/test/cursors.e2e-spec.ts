import { DatabaseConnector } from '#zakops/database';
import { Cursors } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import fc from 'fast-check';
import { ContractDocument } from './contract-document.js';
import type { Operation } from './contract-document.js';
import { startOperationsApi } from './operations-harness.js';
import type { OperationsApi } from './operations-harness.js';

const RUNS_PER_LIST = 40;
/** A list that is added raises it; one that loses its cursor fails here. */
const LISTS = 30;
/** What the parameters of paths are filled with; both are known to the API. */
const DEAL = 'DEAL-000001';

interface Asked {
  readonly scope: string;
  readonly rules: Readonly<Record<string, ValueRule>>;
}

// The forms that members have somewhere, at the edges of what the database reads, and beyond.
const EDGES = [
  '0001-01-01T00:00:00.000000Z',
  '9999-12-31T23:59:59.999999Z',
  '0000-01-01T00:00:00.000000Z',
  '2026-01-31T12:00:00.000000+23:59',
  'infinity',
  '0',
  '1',
  '-999999999999999999',
  '99999999999999999999',
  '1e-7',
  '1e-299',
  '1e-999',
  '0x1',
  'NaN',
  '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d',
  'DEAL-000001',
  'fp1:0000000000000000',
  'abc',
  'listed',
  'changed',
  'action',
  'deal',
  'high',
  'stuck_deal',
  '',
  '\u0000',
  '\ud800',
] as const;
const member = fc.oneof(fc.constantFrom(...EDGES), fc.string({ unit: 'binary', maxLength: 10 }));
const IMPORT = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4e';
const anything = fc.oneof({ weight: 5, arbitrary: member }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) });

describe('a cursor that is signed rightly', () => {
  let database: TestDatabase;
  let api: OperationsApi;
  let document: ContractDocument;
  let item = '';
  const asked: Asked[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    const cursors = api.app.get(Cursors);
    const read = cursors.read.bind(cursors);
    // Listens to what each list asks for, so that the test can sign with the key of the API.
    cursors.read = (scope, text, rules) => {
      asked.push({ scope, rules });
      return read(scope, text, rules);
    };
    document = new ContractDocument((await api.get('/openapi.json')).body);
    await api.post('/api/deals', { canonical_name: 'paged' });
    await database.query(
      `INSERT INTO zakops.deal_imports (id, is_dry_run, actor_type, actor_id, created_by, total_rows) VALUES ($1, true, 'system', 'x', 'x', 0)`,
      [IMPORT],
    );
    item = String((await api.post('/api/quarantine', { message_id: '<paged>' })).body['id']);
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const pagedLists = (): readonly Operation[] => [...document.operations.values()].filter((operation) => takes(operation, 'cursor'));

  it('is offered by every list that takes a limit, but for those that are no walk', () => {
    const others = [...document.operations.values()].filter((operation) => takes(operation, 'limit') && !takes(operation, 'cursor'));
    // A poll goes on from the position in its answer; the global search shows the best hits of each kind.
    expect(others.map(({ id }) => id).sort()).toEqual(['pollEvents', 'searchEverything']);
  });

  it('is offered by lists that say whether a walk misses or repeats anything', () => {
    const lists = pagedLists();
    expect(lists).toHaveLength(LISTS);
    for (const { id, description } of lists) {
      expect([id, description]).toEqual([id, expect.stringMatching(/walk by `cursor` (?:misses|may miss)/)]);
    }
    const byOffset = [...document.operations.values()].filter((operation) => takes(operation, 'offset'));
    expect(byOffset.length).toBeGreaterThanOrEqual(4);
    for (const { id, description } of byOffset) expect([id, description]).toEqual([id, expect.stringMatching(/walk by `offset` /)]);
  });

  it('is refused by every list when its content is wrong, and never fails one', async () => {
    const cursors = api.app.get(Cursors);
    const lists = pagedLists();
    expect(lists).toHaveLength(LISTS);
    for (const { path: template, id, parameters } of lists) {
      const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required).map(({ name }) => `${name}=paged&`);
      const path = `${template
        .replace('/quarantine/{id}', `/quarantine/${item}`)
        .replace('{task_id}', IMPORT)
        .replaceAll(/\{\w+\}/g, DEAL)}?${required.join('')}`;
      expect([id, (await api.get(`${path}cursor=unsigned`)).status]).toEqual([id, 400]);
      const last = asked.splice(0).at(-1);
      if (last === undefined) throw new Error(`${id} does not read its cursor by ${Cursors.name}.`);
      const { scope, rules } = last;
      const fitting = Object.entries(rules).map(([name, rule]) => {
        const edges = EDGES.filter((edge) => rule.faults(edge).length === 0);
        if (edges.length === 0) throw new Error(`No edge fits the member ${name} of ${id}.`);
        return [name, fc.constantFrom(...edges)] as const;
      });
      const key = fc.oneof(
        { weight: 3, arbitrary: fc.record(Object.fromEntries(fitting)) },
        { weight: 4, arbitrary: fc.record(Object.fromEntries(Object.keys(rules).map((name) => [name, anything]))) },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      );
      let taken = 0;
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(key, async (given) => {
          if (fits(given, rules)) taken += 1;
          else refused += 1;
          const { status, body } = await api.get(`${path}cursor=${cursors.write(scope, given as never)}`);
          const said = `${id} ${JSON.stringify(given)} -> ${String(status)} ${JSON.stringify(body)}`;
          if (!fits(given, rules) && status !== 400) throw new Error(said);
          // A log of another name is refused although its form is right.
          if (fits(given, rules) && status !== (Object.hasOwn(rules, 'epoch') ? 400 : 200)) throw new Error(said);
          if (status === 400) expect(body).toMatchObject({ code: 'VALIDATION_ERROR', errors: [{ pointer: 'cursor' }] });
        }),
        { numRuns: RUNS_PER_LIST },
      );
      expect([id, taken > 0, refused > 0]).toEqual([id, true, true]);
    }
  }, 60_000);
});

function takes({ parameters }: Operation, parameter: string): boolean {
  return parameters.some(({ name }) => name === parameter);
}

function fits(given: unknown, rules: Asked['rules']): boolean {
  if (typeof given !== 'object' || given === null || Object.keys(given).length !== Object.keys(rules).length) return false;
  const members = new Map<string, unknown>(Object.entries(given));
  return Object.entries(rules).every(
    ([name, rule]) => typeof members.get(name) === 'string' && rule.faults(members.get(name)).length === 0,
  );
}
