import fc from 'fast-check';
import type { ContractDocument, Operation } from '../../../apps/api/test/contract-document.js';

type Schema = Readonly<Record<string, unknown>>;

/** One request of the attack. */
export interface AttackRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Texts that have broken parsers, queries, caches and logs of others. */
export const NASTY = [
  ...['', ' ', '0', '-1', '1e999', '9223372036854775808', 'NaN', 'null', 'undefined', 'true', '[]', '{}', '%', '%25', '_', '\\', '"', "'"],
  ...["'; DROP TABLE deals; --", "' OR '1'='1", '1; SELECT pg_sleep(9)', '$1', '${7*7}', '{{7*7}}', '<script>alert(1)</script>'],
  ...[
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    'file:///etc/passwd',
    '\u0000',
    '\u2028',
    '\ud800',
    '\ufeff',
    'İ',
    'a\r\nSet-Cookie: x=1',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '*', '(a+)+$', 'x'.repeat(5_000), '٣', '🦊'.repeat(50)],
  ...['2026-02-30T00:00:00Z', '9999-12-31T23:59:59.999Z', '-000001-01-01T00:00:00Z', '00000000-0000-0000-0000-000000000000'],
];

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'idempotency-key': ['', 'a', '"quoted"', '"', '"a\\', '"a";p=1', 'x'.repeat(300), '\u00e9', 'key-1'],
  'if-match': ['*', '"1"', 'W/"1"', '""', '"999999999999999999999"', 'nonsense', '"1", "2"', '"1-x"', ',"a,b" , W/"1",,'],
  'if-none-match': ['*', '"1"', 'nonsense', 'W/"1-x", "a,b"', '"'],
  'if-modified-since': ['Fri, 31 Dec 9999 23:59:59 GMT', 'nonsense'],
  'last-event-id': ['0', 'abc-1', '-1', 'nonsense'],
  'x-correlation-id': ['ok-1', '', 'a b', 'x'.repeat(200)],
  'x-trace-id': ['0'.repeat(32), 'f'.repeat(32), 'nonsense'],
  traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'ff-0-0-0', 'nonsense'],
  accept: ['text/html', 'application/xml', '*/*;q=0', 'nonsense'],
  'content-type': [
    'text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '/',
  ],
  host: ['evil.example', 'localhost, evil.example', 'user@localhost', 'a b', '[::1', '', 'LOCALHOST.:1'],
  'x-forwarded-host': ['evil.example', 'localhost'],
  forwarded: ['host=evil.example;for=192.0.2.1', 'nonsense'],
  expect: ['100-continue', '100-Continue', 'nonsense'],
  'content-encoding': ['gzip', 'br', 'nonsense', ', ,', 'identity, x-gzip', 'constructor'],
  'x-forwarded-for': ['127.0.0.1', 'nonsense', '1.1.1.1, 2.2.2.2', '[::ffff:c000:201]:1', 'fe80::1%eth0', ', ,'],
  'x-http-method-override': ['DELETE'],
  origin: ['null', 'https://evil.example', 'nonsense'],
  range: ['bytes=0-1', 'nonsense'],
  cookie: [
    'zakops_session=nonsense',
    'zakops_session=; zakops_session=',
    '=',
    '%',
    'zakops_device=x; zakops_device="y"',
    ';\tzakops_session =%',
  ],
  authorization: ['Bearer ', 'bearer   x, Bearer y', 'Bearer zko_nonsense', 'Basic YTpi', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
};

const HOSTILE_MEMBERS = {
  id: 'x',
  role: 'admin',
  deleted: true,
  version: 99,
  actor: 'somebody',
  scopes: ['admin:users'],
  constructor: { prototype: { polluted: true } },
} as const;

/** Makes requests for the operations of an OpenAPI document: some fit their schema, some nearly, some not at all. */
export class RequestGenerator {
  /** @param known - ids that exist, so that requests get past "not found" */
  constructor(
    private readonly document: ContractDocument,
    private readonly known: readonly string[],
  ) {}

  /** Requests that fit the document. */
  fittingTo(operation: Operation): fc.Arbitrary<AttackRequest> {
    return this.fitting(operation);
  }

  requestsTo(operation: Operation): fc.Arbitrary<AttackRequest> {
    return fc.oneof({ weight: 3, arbitrary: this.fitting(operation) }, { weight: 2, arbitrary: this.broken(operation) });
  }

  private fitting(operation: Operation): fc.Arbitrary<AttackRequest> {
    const body = operation.requestBody === undefined ? undefined : this.valueOf(operation.requestBody, false);
    const query = inOf(operation, 'query').filter(({ name, required }) => required === true || name !== 'cursor');
    const chosen = fc.subarray(query.map(({ name }) => name)).map((names) => new Set(names));
    const values = fc.record(Object.fromEntries(query.map(({ name, schema }) => [name, this.valueOf(schema, false)])));
    return fc
      .tuple(this.pathOf(operation, false), chosen, values, body === undefined ? fc.constant(undefined) : body)
      .map(([path, names, given, value]) => ({
        method: operation.method,
        path: withQuery(
          path,
          query
            .filter(({ name, required }) => required === true || names.has(name))
            .map(({ name }): [string, unknown] => [name, given[name]]),
        ),
        headers: value === undefined ? {} : JSON_BODY,
        body: value === undefined ? undefined : JSON.stringify(value),
      }));
  }

  private broken(operation: Operation): fc.Arbitrary<AttackRequest> {
    const query = fc.record(
      Object.fromEntries(inOf(operation, 'query').map(({ name, schema }) => [name, this.mostly(this.valueOf(schema, true))])),
      { requiredKeys: [] },
    );
    return fc
      .tuple(this.pathOf(operation, true), query, rarely(fc.tuple(junk(), junk())), someHeaders(), this.brokenBody(operation))
      .map(([path, values, extra, headers, body]) => ({
        method: operation.method,
        path: withQuery(path, [...Object.entries(values), ...(extra === undefined ? [] : [extra])]),
        headers: { ...(body === undefined ? {} : JSON_BODY), ...headers },
        body,
      }));
  }

  private pathOf(operation: Operation, loose: boolean): fc.Arbitrary<string> {
    const values = inOf(operation, 'path').map(({ name, schema }): [string, fc.Arbitrary<unknown>] => [
      name,
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...this.known) },
        { weight: 1, arbitrary: this.valueOf(schema, loose) },
        { weight: loose ? 1 : 0, arbitrary: junk() },
      ),
    ]);
    return fc
      .record(Object.fromEntries(values))
      .map((filled) => operation.path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => encode(asText(filled[name]))))
      .chain((path) => (loose ? spellingOf(path) : fc.constant(path)));
  }

  private brokenBody(operation: Operation): fc.Arbitrary<string | undefined> {
    if (operation.requestBody === undefined) return rarely(fc.constantFrom('{}', '[]', '{', 'null'));
    const nearly = this.valueOf(operation.requestBody, true);
    const hostile = fc
      .tuple(this.valueOf(operation.requestBody, false), fc.subarray(Object.entries(HOSTILE_MEMBERS), { minLength: 1 }))
      .map(([value, members]) => JSON.stringify(isObject(value) ? { ...value, ...Object.fromEntries(members) } : members));
    return fc.oneof(
      { weight: 8, arbitrary: nearly.map((value) => JSON.stringify(value)) },
      { weight: 4, arbitrary: hostile },
      { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: junk() },
      { weight: 1, arbitrary: fc.constantFrom('{"a":'.repeat(200), '['.repeat(5_000), '{"__proto__":{"polluted":true}}', '{"a":1,"a":2}') },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  }

  /** @param loose - true for a value that may be broken anywhere within */
  private valueOf(given: Schema, loose: boolean, depth = 0): fc.Arbitrary<unknown> {
    const fitting = this.fittingValue(this.document.resolve(given), loose, depth);
    return loose ? this.mostly(fitting) : fitting;
  }

  private fittingValue(schema: Schema, loose: boolean, depth: number): fc.Arbitrary<unknown> {
    const nested = [schema['allOf'], schema['oneOf'], schema['anyOf']].find(Array.isArray) as Schema[] | undefined;
    if (nested?.[0] !== undefined) return fc.oneof(...nested.map((one) => this.valueOf(one, loose, depth)));
    if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...(schema['enum'] as unknown[]));
    const [min, max] = [Number(schema['minimum'] ?? -1_000), Number(schema['maximum'] ?? 1_000_000)];
    switch (Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type']) {
      case 'integer':
        return fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) });
      case 'number':
        return fc.double({ min, max, noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(this.valueOf((schema['items'] ?? {}) as Schema, loose, depth + 1), {
          minLength: Number(schema['minItems'] ?? 0),
          maxLength: Math.max(3, Number(schema['minItems'] ?? 0)),
        });
      case 'object': {
        if (depth > 4) return fc.constant({});
        const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).filter(
          ([, { deprecated }]) => deprecated !== true,
        );
        const required = new Set((schema['required'] ?? []) as string[]);
        return fc.record(Object.fromEntries(properties.map(([name, property]) => [name, this.valueOf(property, loose, depth + 1)])), {
          requiredKeys: properties.map(([name]) => name).filter((name) => required.has(name)),
        });
      }
      default:
        return textFor(schema, this.known);
    }
  }

  private mostly(fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
    return fc.oneof(
      { weight: 14, arbitrary: fitting },
      { weight: 1, arbitrary: junk() },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    );
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

function inOf(operation: Operation, place: string): Operation['parameters'] {
  return operation.parameters.filter((parameter) => parameter.in === place);
}

/** Mostly as it is; seldom as a router, a proxy and a log may each read it otherwise. */
function spellingOf(path: string): fc.Arbitrary<string> {
  const odd = [
    path.replace('/api', '/API'),
    `${path}/`,
    path.replace('api', '%61pi'),
    `/${path}`,
    `${path}/..`,
    `http://evil.example${path}`,
    `${path}#fragment`,
  ];
  return fc.oneof({ weight: 19, arbitrary: fc.constant(path) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

function withQuery(path: string, values: readonly (readonly [string, unknown])[]): string {
  const parts = values.map(([name, value]) => `${encode(name)}=${encode(asText(value))}`);
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

function someHeaders(): fc.Arbitrary<Record<string, string>> {
  const one = fc
    .constantFrom(...Object.entries(HEADERS))
    .chain(([name, values]) => fc.constantFrom(...values).map((value): [string, string] => [name, value]));
  const some = fc.array(one, { minLength: 1, maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));
  return fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: some });
}

function junk(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 40 }));
}

function textFor(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  if (typeof schema['const'] === 'string') return fc.constant(schema['const']);
  if (schema['format'] === 'uuid') return fc.oneof(fc.uuid(), fc.constantFrom(...known));
  if (schema['format'] === 'date-time') return fc.date({ min: new Date(0), noInvalidDate: true }).map((date) => date.toISOString());
  if (typeof schema['pattern'] === 'string' && typeof schema['example'] !== 'string')
    return fc.stringMatching(new RegExp(schema['pattern'], 'u'));
  const minLength = Number(schema['minLength'] ?? 0);
  const length = { minLength, maxLength: Math.max(minLength, Math.min(60, Number(schema['maxLength'] ?? 60))) };
  const decomposed = fc.string({ unit: fc.constantFrom('a', 'e\u0301', 'A\u030A', '\u1112\u1161'), ...length });
  const text = fc.oneof({ weight: 3, arbitrary: fc.string({ unit: 'grapheme-ascii', ...length }) }, { weight: 1, arbitrary: decomposed });
  return typeof schema['example'] === 'string'
    ? fc.oneof({ weight: 3, arbitrary: fc.constant(schema['example']) }, { weight: 1, arbitrary: text })
    : text;
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** As a client would, but a lone surrogate has no encoding. */
function encode(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
