import { PACKAGE_VERSION } from '#zakops/config';
import { EVENT_TYPES } from '#zakops/contracts';
import { startProbeApi } from './probe-api.js';
import type { ProbeApi } from './probe-api.js';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; security: object[]; responses: Record<string, { content?: object }> }>>;
  tags: { name: string }[];
  webhooks: Record<string, object>;
  info: { version: string };
  components: { securitySchemes: object; schemas: Record<string, { properties: Record<string, object>; required: string[] }> };
}

let api: ProbeApi;
let document: Document;
beforeAll(async () => {
  api = await startProbeApi({ AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(32) });
  document = (await api.call('/openapi.json')).body as unknown as Document;
});
afterAll(() => api.close());

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 without the nullable of 3.0, and without dangling references', () => {
    expect([document.openapi, document.info.version]).toEqual(['3.1.0', PACKAGE_VERSION]);
    expect(document.components.securitySchemes).toMatchObject({ api_key: { scheme: 'bearer', bearerFormat: 'zko_<key>' } });
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/"nullable"|x-any-json/);
    const named = [...text.matchAll(/"#\/components\/schemas\/([^"]*)"/g)].map(([, name]) => name);
    expect(named.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
  });

  it.each([
    ['identity', null],
    ['gzip', 'gzip'],
    ['br;q=1, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', null],
  ])('for those who accept %s is encoded with %s, and 304 for those who have it', async (accepted, encoding) => {
    const asks = { 'accept-encoding': accepted };
    const first = await api.call('/openapi.json', { headers: asks });
    expect([first.status, first.headers.get('content-encoding'), first.headers.get('vary')]).toEqual([
      200,
      encoding,
      'Origin, Accept-Encoding',
    ]);
    expect([first.headers.get('cache-control'), first.body['openapi']]).toEqual(['no-cache', '3.1.0']);
    const tag = first.headers.get('etag') ?? '';
    const again = await api.call('/openapi.json', { headers: { ...asks, 'if-none-match': tag } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    const other = await api.call('/openapi.json', { headers: { ...asks, 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('describes every route that the server answers, and no other', () => {
    const { router } = api.app.getHttpAdapter().getInstance() as unknown as {
      router: { stack: { route?: { path: string; methods: object } }[] };
    };
    const answered = router.stack.flatMap(({ route }) =>
      // Middleware is registered under a wildcard.
      route === undefined || route.path.includes('*') ? [] : Object.keys(route.methods).map((method) => `${method} ${route.path}`),
    );
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(answered.length).toBeGreaterThan(30);
    expect(answered.sort()).toEqual(described.sort());
  });

  it('describes fields as they are validated', () => {
    const { properties, required } = document.components.schemas['Vehicle'] ?? { properties: {}, required: [] };
    expect(required).toEqual(['name']);
    expect(properties).toEqual({
      name: { type: 'string', minLength: 1, maxLength: 20, description: 'Its name.', example: 'Cart' },
      wheels: { type: 'array', items: { $ref: '#/components/schemas/Wheel' }, maxItems: 4 },
      spare: { anyOf: [{ $ref: '#/components/schemas/Wheel' }, { type: 'null' }] },
      price: { $ref: '#/components/schemas/Money' },
      colour: { anyOf: [{ $ref: '#/components/schemas/Colour' }, { type: 'null' }] },
      built_at: { type: 'string', format: 'date-time' },
      owner: { type: 'string', format: 'uuid' },
      counts: { type: 'object', additionalProperties: { type: 'integer' } },
      extra: {},
    });
  });

  it('gives every operation its own id, its security and its problems', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const create = document.paths['/api/probe/vehicles']?.['post'];
    expect(create).toMatchObject({ operationId: 'probe_create', security: [{ session: ['deals:write'] }, { api_key: ['deals:write'] }] });
    expect(Object.keys(create?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '408',
      '409',
      '412',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(create?.responses['409']?.content).toMatchObject({
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: {
          CONFLICT: { value: { type: '/problems/conflict', status: 409, code: 'CONFLICT', instance: '/api/probe/vehicles' } },
          SESSION_REPLACED: { $ref: '#/components/examples/SESSION_REPLACED' },
        },
      },
    });
    expect(document.paths['/health/ready']?.['get']?.security).toEqual([]);
    expect(document.paths['/health/detailed']?.['get']?.security).toEqual([
      { session: ['admin:system'] },
      { session: ['admin:stats'] },
      { api_key: ['admin:system'] },
      { api_key: ['admin:stats'] },
    ]);
    const parametersOf = (operation: unknown): unknown[] =>
      (operation as { parameters?: { name: string }[] }).parameters?.map(({ name }) => name) ?? [];
    expect(parametersOf(create)).toEqual(['Idempotency-Key', 'X-Idempotency-Key', 'X-CSRF-Token']);
    expect(parametersOf(document.paths['/api/probe/vehicles']?.['get'])).not.toContain('Idempotency-Key');
    expect(create?.responses['409']).toMatchObject({
      description:
        '`CONFLICT`: Conflict. `IDEMPOTENCY_KEY_IN_USE`: The first call with this key is still running. `SESSION_REPLACED`: Session replaced.',
    });
    expect(create?.responses['201']).toMatchObject({ headers: { 'Idempotency-Replayed': {}, RateLimit: {}, 'RateLimit-Policy': {} } });
    const open = document.paths['/api/probe/open']?.['get'];
    expect(open).toMatchObject({ operationId: 'openProbe', security: [] });
    expect(Object.keys(open?.responses ?? {})).toEqual(['200', '304', '400', '412', '500', '503']);
  });
});

describe('"Try it out" of the documents page', () => {
  it('sends no optional parameter that nobody filled in, and shows deals before health', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path)) as unknown as {
      readonly parameters?: readonly { required?: boolean; example?: unknown; schema?: { example?: unknown } }[];
    }[];
    const optional = operations.flatMap(({ parameters = [] }) => parameters.filter(({ required }) => required !== true));
    expect(optional.length).toBeGreaterThan(100);
    expect(optional.filter(({ example, schema }) => example !== undefined || schema?.example !== undefined)).toEqual([]);
    const tags = document.tags.map(({ name }) => name);
    expect([tags[0], tags.at(-1)]).toEqual(['deals', 'health']);
  });
});

describe('events in the documents', () => {
  it('are webhooks of OpenAPI, one for each type of the catalogue', () => {
    expect(Object.keys(document.webhooks)).toEqual(EVENT_TYPES);
  });

  it('are AsyncAPI at /asyncapi.json', async () => {
    const answer = await api.call('/asyncapi.json');
    expect([answer.status, answer.headers.get('content-type'), answer.body['asyncapi']]).toEqual([
      200,
      'application/json; charset=utf-8',
      '3.0.0',
    ]);
  });
});

describe('the type of a problem', () => {
  it('is a page that says what to do', async () => {
    const { status, body } = await api.call('/api/nothing');
    expect([status, body['type']]).toEqual([404, '/problems/not-found']);
    const page = await api.call(String(body['type']));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<h1>Not found</h1>');
    expect((await api.call('/problems/nothing')).status).toBe(404);
  });
});

describe('/docs', () => {
  it('is a page whose files all come from here, and which its content security policy lets work', async () => {
    const page = await api.call('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("style-src 'self' 'unsafe-inline'");
    expect(policy).not.toMatch(/script-src|unsafe-eval/);
    expect(page.text).not.toMatch(/<script>|https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) {
      const answer = await api.call(file);
      expect([file, answer.status, answer.text.length > 100]).toEqual([file, 200, true]);
    }
    expect((await api.call('/docs/start.js')).text).toContain("url: '/openapi.json'");
  });

  it.each(['/docs/nothing.js', '/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/..%2fpackage.json'])(
    'has no %s',
    async (path) => {
      expect((await api.call(path)).status).toBe(404);
    },
  );
});
