import { DatabaseConnector } from '#zakops/database';
import { DEPRECATIONS, deprecationSentence } from '#zakops/http';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { ContractDocument } from './contract-document.js';
import { startOperationsApi } from './operations-harness.js';
import type { OperationsApi } from './operations-harness.js';

const SINCE = '@1795737600';
const SUNSET = 'Sat, 01 Jan 2028 00:00:00 GMT';
const DEAL = 'DEAL-000001';

interface Said {
  readonly status: number;
  readonly deprecation: string | null;
  readonly sunset: string | null;
  readonly link: string | null;
}

describe('a call that uses what is deprecated', () => {
  let database: TestDatabase;
  let api: OperationsApi;
  let document: ContractDocument;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startOperationsApi(database.url, { CORS_ORIGINS: 'https://desk.example' });
    await api.app.get(DatabaseConnector).whenConnected();
    document = new ContractDocument((await api.get('/openapi.json')).body);
    for (let n = 0; n < 2; n += 1) await api.post('/api/deals', { canonical_name: 'old' });
  });

  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  async function call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Said> {
    const response = await fetch(api.url + path, {
      method,
      headers: { connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    const { status, headers: said } = response;
    return { status, deprecation: said.get('deprecation'), sunset: said.get('sunset'), link: said.get('link') };
  }

  it.each<[string, string, string, unknown, Readonly<Record<string, string>>, number, string | null]>([
    ['paging by offset', 'GET', '/api/deals?offset=5', undefined, {}, 200, null],
    ['an older event type', 'GET', '/api/events/recent?event_types=deal.created,stage_changed', undefined, {}, 200, SUNSET],
    ['an older event type of a poll', 'GET', '/api/events/poll?types=deal_created', undefined, {}, 200, SUNSET],
    ['a bare position', 'GET', '/api/events/poll?since=1', undefined, {}, 200, SUNSET],
    ['the older name of a key', 'POST', '/api/deals', { canonical_name: 'old' }, { 'x-idempotency-key': 'k1' }, 201, SUNSET],
    ['the same once more', 'POST', '/api/deals', { canonical_name: 'old' }, { 'x-idempotency-key': 'k1' }, 201, SUNSET],
    ['a stage among changes', 'PATCH', `/api/deals/${DEAL}`, { stage: 'closing' }, {}, 422, SUNSET],
    ['a name of who moves', 'POST', `/api/deals/${DEAL}/transition?transitioned_by=ann`, { new_stage: 'initial_review' }, {}, 200, SUNSET],
    ['a refused one', 'GET', '/api/deals?offset=-1', undefined, {}, 400, null],
  ])('is told so: %s', async (_what, method, path, body, headers, status, sunset) => {
    expect(await call(method, path, body, headers)).toEqual({
      status,
      deprecation: SINCE,
      sunset,
      link: '</docs>; rel="deprecation"; type="text/html"',
    });
  });

  it.each([['/api/deals'], ['/api/events/poll?since=0&types=deal.*'], ['/api/events/recent?event_types=deal.stage_changed']])(
    'is another one than %s',
    async (path) => {
      expect(await call('GET', path)).toEqual({ status: 200, deprecation: null, sunset: null, link: null });
    },
  );

  it('is told so by a stream', async () => {
    const response = await fetch(`${api.url}/api/events/stream?types=stage_changed`, { headers: { connection: 'close' } });
    await response.body?.cancel();
    expect([response.status, response.headers.get('deprecation'), response.headers.get('sunset')]).toEqual([200, SINCE, SUNSET]);
  });

  it('names the next page first', async () => {
    const { link } = await call('GET', '/api/deals?limit=1&offset=0');
    expect(link).toMatch(/^<\/api\/deals\?limit=1&cursor=[\w-]+>; rel="next", <\/docs>; rel="deprecation"/);
  });

  it('is told so for every parameter that the document marks', async () => {
    let marked = 0;
    for (const { id, method, path: template, parameters } of document.operations.values()) {
      for (const { name, deprecated, in: place } of parameters) {
        if (deprecated !== true || place !== 'query') continue;
        marked += 1;
        const said = await call(method, `${template.replaceAll(/\{\w+\}/g, DEAL)}?${name}=1`, method === 'GET' ? undefined : {});
        expect([id, name, said.deprecation]).toEqual([id, name, SINCE]);
      }
    }
    expect(marked).toBeGreaterThanOrEqual(4);
  });

  it('is described where it can be made, for every entry of the table', () => {
    const described = JSON.stringify({ ...document.document, info: undefined });
    const names = Object.keys(DEPRECATIONS) as (keyof typeof DEPRECATIONS)[];
    expect(names.filter((name) => !described.includes(JSON.stringify(deprecationSentence(name)).slice(1, -1)))).toEqual([]);
  });

  it('can be read by a page of another origin', async () => {
    const response = await fetch(`${api.url}/api/deals?offset=1`, { headers: { origin: 'https://desk.example', connection: 'close' } });
    await response.arrayBuffer();
    const exposed = response.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(expect.arrayContaining(['Deprecation', 'Link', 'Sunset']));
  });
});
