import { startProbeApi } from './probe-api.js';
import type { Answer, ProbeApi } from './probe-api.js';

let api: ProbeApi;
beforeAll(async () => {
  api = await startProbeApi();
});
afterAll(() => api.close());

/** Pointers and reasons of an invalid request, in the order they were found. */
function faults(answer: Answer): string[] {
  expect([answer.status, answer.body['code']]).toEqual([400, 'VALIDATION_ERROR']);
  return (answer.body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`).sort();
}

const send = (body: unknown): Promise<Answer> => api.post('/api/probe/vehicles', body);
const PATH = '/api/probe/vehicles';

describe('a JSON body', () => {
  it('arrives as it was sent when every field is right', async () => {
    const vehicle = {
      name: 'Cart 🛒',
      wheels: [{ size: 1 }, { size: 99 }],
      spare: null,
      price: { amount: '999999999999999999.9999', currency: 'USD' },
      colour: 'red',
      built_at: '2024-02-29T23:59:59.123+02:00',
      owner: '0198c0de-0000-7000-8000-000000000001',
      counts: { a: 1, 'b/c': -2 },
      extra: { constructor: 1, then: [null, { deep: 'ü' }] },
    };
    const answer = await send(vehicle);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(vehicle);
  });

  it('is refused field by field, at any depth, with JSON pointers', async () => {
    const answer = await send({
      name: '  ',
      wheels: [{ size: 0 }, { size: '1' }, { size: 5, colour: 'red' }, 7],
      spare: { size: 1.5 },
      colour: 'blue',
      built_at: '2023-02-29T00:00:00Z',
      owner: 'me',
      counts: { 'a/b': 'x' },
      unknown: 1,
    });
    expect(faults(answer)).toEqual(
      [
        '/name TOO_SHORT',
        '/wheels/3 INVALID_TYPE',
        '/wheels/2/colour UNKNOWN_FIELD',
        '/spare/size INVALID_TYPE',
        '/colour NOT_ALLOWED',
        '/built_at INVALID_FORMAT',
        '/owner INVALID_FORMAT',
        '/counts/a~1b INVALID_TYPE',
        '/unknown UNKNOWN_FIELD',
      ].sort(),
    );
    expect(faults(await send({ name: 'x', wheels: [{ size: 0 }, { size: '1' }, { size: 5, colour: 'red' }] }))).toEqual([
      '/wheels/0/size OUT_OF_RANGE',
      '/wheels/1/size INVALID_TYPE',
      '/wheels/2/colour UNKNOWN_FIELD',
    ]);
  });

  it('keeps the older error object beside the problem', async () => {
    const answer = await send({ name: 'x', spare: { size: 0 } });
    expect(answer.body['error']).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'spare.size', message: 'must be a whole number from 1 to 99', code: 'OUT_OF_RANGE' }],
    });
  });

  it.each([
    ['nothing', undefined, ['/name REQUIRED']],
    ['a null that is not allowed', { name: null }, ['/name NULL_NOT_ALLOWED']],
    ['a text that is too long', { name: 'x'.repeat(21) }, ['/name TOO_LONG']],
    ['an array for an object', { name: 'x', spare: [] }, ['/spare INVALID_TYPE']],
    ['an object for an array', { name: 'x', wheels: { 0: { size: 1 } } }, ['/wheels INVALID_TYPE']],
    ['too many items', { name: 'x', wheels: Array(5).fill({ size: 1 }) }, ['/wheels TOO_MANY']],
    ['money as a number', { name: 'x', price: 12.5 }, ['/price INVALID_TYPE']],
    ['an amount as a number', { name: 'x', price: { amount: 12.5, currency: 'USD' } }, ['/price/amount INVALID_TYPE']],
    ['an amount with an exponent', { name: 'x', price: { amount: '1e9', currency: 'USD' } }, ['/price/amount INVALID_FORMAT']],
    ['a negative amount', { name: 'x', price: { amount: '-1', currency: 'USD' } }, ['/price/amount OUT_OF_RANGE']],
    ['19 digits', { name: 'x', price: { amount: '1'.repeat(19), currency: 'USD' } }, ['/price/amount INVALID_FORMAT']],
    ['half a price', { name: 'x', price: { amount: '1', tax: 1 } }, ['/price/currency REQUIRED', '/price/tax UNKNOWN_FIELD']],
    ['a year beyond 9999', { name: 'x', built_at: '+275760-09-13T00:00:00Z' }, ['/built_at INVALID_FORMAT']],
    ['an instant without a zone', { name: 'x', built_at: '2026-01-31T12:00:00' }, ['/built_at INVALID_FORMAT']],
    ['NUL in a text', { name: 'a\0b' }, ['/name INVALID_CHARACTER']],
    ['NUL in a name', { name: 'x', extra: { 'a\0': 1 } }, ['/extra/a\uFFFD INVALID_CHARACTER']],
    ['half of a surrogate pair', '{"name":"x","extra":["\\ud800"]}', ['/extra/0 INVALID_CHARACTER']],
    ['a number beyond a double', '{"name":"x","extra":{"n":1e400}}', ['/extra/n OUT_OF_RANGE']],
    ['a number of too many digits', '{"name":"x","extra":{"n":[1,12345678901234567890]}}', ['/extra/n/1 INEXACT_NUMBER']],
    ['a number of too many digits for a text', '{"name":0.1000000000000000055}', ['/name INEXACT_NUMBER']],
    ['a number of too many digits behind a byte order mark', '\uFEFF{"name":"x","extra":1e-400}', ['/extra INEXACT_NUMBER']],
    ['__proto__', '{"name":"x","extra":{"__proto__":{"admin":true}}}', ['/extra/__proto__ UNKNOWN_FIELD']],
    ['constructor as a field', '{"name":"x","constructor":1}', ['/constructor UNKNOWN_FIELD']],
    ['an array at the top', [], [' INVALID_TYPE']],
  ])('is refused with %s', async (_, body, expected) => {
    const answer = body === undefined ? await api.call(PATH, { method: 'POST' }) : await send(body);
    expect(faults(answer)).toEqual(expected);
  });

  it('arrives composed, whichever field, and is counted then', async () => {
    const accent = 'e\u0301';
    const answer = await send({ name: accent.repeat(20), counts: { [accent]: 1 }, extra: [accent, { [accent]: [accent] }] });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      name: '\u00E9'.repeat(20),
      counts: { '\u00E9': 1 },
      extra: ['\u00E9', { '\u00E9': ['\u00E9'] }],
    });
    expect(faults(await send({ name: accent.repeat(21) }))).toEqual(['/name TOO_LONG']);
  });

  it('is refused with a name in two forms, which would be one', async () => {
    expect(faults(await send({ name: 'x', extra: [{ 'e\u0301': 1, '\u00E9': 2 }] }))).toEqual(['/extra/0/\u00E9 REPEATED']);
    expect(faults(await send({ name: 'x', counts: { 'e\u0301': 1, '\u00E9': 2 } }))).toEqual(['/counts/\u00E9 REPEATED']);
  });

  it('may be 32 levels deep and not deeper', async () => {
    // The body and `extra` are the first two levels.
    const nested = (levels: number): string => `{"name":"x","extra":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect((await send(nested(31))).status).toBe(201);
    expect(faults(await send(nested(32)))).toEqual([`/extra${'/0'.repeat(31)} TOO_DEEP`]);
    expect(faults(await send(nested(100_000)))).toEqual([`/extra${'/0'.repeat(31)} TOO_DEEP`]);
  });

  it('is refused when it is not UTF-8, and not mended', async () => {
    const headers = { 'content-type': 'application/json' };
    const latin1 = await api.call(PATH, { method: 'POST', headers, body: Buffer.from('{"name":"Caf\u00e9"}', 'latin1') });
    expect([latin1.status, latin1.body['code'], latin1.body['detail']]).toEqual([400, 'BAD_REQUEST', 'The body is not valid UTF-8.']);
    expect((await send('{"name":"Caf\u00e9"}')).status).toBe(201);
  });

  it.each(['application/json', 'APPLICATION/JSON ; charset="UTF-8"', 'application/json;charset=utf8;x=y'])(
    'may be of the type %s',
    async (type) => {
      expect((await api.call(PATH, { method: 'POST', headers: { 'content-type': type }, body: '{"name":"x"}' })).status).toBe(201);
    },
  );

  it('may hold every number that comes back from a double as it was', async () => {
    expect((await send('{"name":"x","extra":[0.30000000000000004,9007199254740992,1.50000000000000000000,1e21]}')).status).toBe(201);
  });

  it('may have 1 MiB and not more, also when it was compressed', async () => {
    const ofSize = (bytes: number): string => `{"name":"x","extra":"${'x'.repeat(bytes - 23)}"}`;
    expect((await send(ofSize(1_048_576))).status).toBe(201);
    for (const answer of [await send(ofSize(1_048_577)), await send(ofSize(2_097_152))]) {
      expect([answer.status, answer.body['code'], answer.body['limit_bytes']]).toEqual([413, 'PAYLOAD_TOO_LARGE', 1_048_576]);
    }
    const { gzipSync } = await import('node:zlib');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const bomb = await api.call(PATH, { method: 'POST', headers, body: gzipSync(ofSize(50_000_000)) });
    expect(bomb.status).toBe(413);
    expect((await api.call(PATH, { method: 'POST', headers, body: gzipSync(ofSize(1_000)) })).status).toBe(201);
    const broken = await api.call(PATH, { method: 'POST', headers, body: gzipSync(ofSize(1_000)).subarray(0, 40) });
    expect([broken.status, broken.body['code']]).toEqual([400, 'BAD_REQUEST']);
    const twice = await api.call(PATH, { method: 'POST', headers: { ...headers, 'content-encoding': 'gzip, gzip' }, body: gzipSync('{}') });
    expect(twice.status).toBe(415);
  });

  it.each([
    ['{"name": "x"', 400, 'BAD_REQUEST'],
    ['"text"', 400, 'BAD_REQUEST'],
    ['name=x', 400, 'BAD_REQUEST'],
  ])('that cannot be read (%s) is %i %s', async (body, status, code) => {
    const answer = await send(body);
    expect([answer.status, answer.body['code'], answer.body['detail']]).toEqual([status, code, 'The body is not valid JSON.']);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/json; charset=latin1'],
    ['application/json; charset=utf-16le'],
    ['application/json; charset=utf-7'],
    ['application/json; charset="UTF-7"'],
    ['application/jsonx'],
    ['application/json, text/plain'],
    ['json'],
    ['application/merge-patch+json'],
  ])('of type %s is 415', async (type) => {
    const answer = await api.call(PATH, { method: 'POST', headers: { 'content-type': type }, body: '{"name":"x"}' });
    expect([answer.status, answer.body['code']]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('is refused where nobody reads it', async () => {
    expect(faults(await api.post('/api/probe/vehicles/V-001/start', { fast: true }))).toEqual(['/fast UNKNOWN_FIELD']);
    expect((await api.post('/api/probe/vehicles/V-001/start', {})).status).toBe(200);
    expect((await api.call('/api/probe/vehicles/V-001/start', { method: 'POST' })).status).toBe(200);
  });
});

describe('parameters', () => {
  it('are read into their types', async () => {
    const query = async (text: string): Promise<unknown> =>
      ((await api.call(`${PATH}?${text}`)).body as unknown as { query: unknown }[])[0]?.query;
    expect(await query('limit=1&sold=false&colour=red,green')).toEqual({ limit: 1, sold: false, colour: ['red', 'green'] });
    expect(await query('colour=red&colour=green')).toEqual({ limit: 50, colour: ['red', 'green'] });
  });

  it.each([
    ['limit=0', ['limit OUT_OF_RANGE']],
    ['limit=10000', ['limit OUT_OF_RANGE']],
    ['limit=', ['limit INVALID_TYPE']],
    ['limit=1.5', ['limit INVALID_TYPE']],
    ['limit=0x10', ['limit INVALID_TYPE']],
    ['limit=1&limit=2', ['limit REPEATED']],
    ['limit[a]=1', ['limit[a] UNKNOWN_FIELD']],
    ['sold=yes', ['sold INVALID_TYPE']],
    ['colour=red,blue', ['colour NOT_ALLOWED']],
    ['cursor=', ['cursor TOO_SHORT']],
    ['cursor=abc', ['cursor INVALID_CURSOR']],
    ['cursor=a%00b', ['cursor INVALID_CHARACTER']],
    ['whatever=1&limit=0', ['limit OUT_OF_RANGE', 'whatever UNKNOWN_FIELD']],
    ['__proto__=1', ['__proto__ UNKNOWN_FIELD']],
    ['constructor=1', ['constructor UNKNOWN_FIELD']],
  ])('refuse ?%s', async (query, expected) => {
    expect(faults(await api.call(`${PATH}?${query}`))).toEqual(expected);
  });

  it('arrive composed, of a query and of a path', async () => {
    expect((await api.call('/api/probe/named?word=cafe%CC%81')).body).toEqual({ word: 'caf\u00E9' });
    expect((await api.call('/api/probe/vehicles/cafe%CC%81/start', { method: 'POST' })).body).toEqual({ id: 'caf\u00E9' });
  });

  it('that a handler reads by name are strict, too', async () => {
    expect((await api.call('/api/probe/named?word=x')).body).toEqual({ word: 'x' });
    expect(faults(await api.call('/api/probe/named?word=x&word=y'))).toEqual(['word REPEATED']);
    expect(faults(await api.call('/api/probe/named?other=x'))).toEqual(['other UNKNOWN_FIELD']);
    expect(faults(await api.call('/api/probe/me?x=1'))).toEqual(['x UNKNOWN_FIELD']);
    expect((await api.call('/api/probe/open?cache_buster=1')).body).toEqual({ open: true });
  });

  it('in the path are checked', async () => {
    expect((await api.call(`${PATH}/V-001`)).body).toEqual({ id: 'V-001' });
    const answer = await api.call(`${PATH}/V-1`);
    expect(faults(answer)).toEqual(['id INVALID_FORMAT']);
    expect(answer.body['detail']).toBe('id must look like V-001.');
    expect(faults(await api.call(`${PATH}/V-001%00`))).toEqual(['path INVALID_CHARACTER']);
  });
});

describe('pages', () => {
  it('lead from one to the next by Link and by X-Next-Cursor, and end', async () => {
    const names: string[] = [];
    let path: string | undefined = `${PATH}?limit=2&sold=true`;
    let pages = 0;
    while (path !== undefined) {
      const answer: Answer = await api.call(path);
      expect(answer.status).toBe(200);
      names.push(...(answer.body as unknown as { name: string }[]).map(({ name }) => name));
      const link: string | null = answer.headers.get('link');
      path = link === null ? undefined : /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
      if (path !== undefined) expect(new URLSearchParams(path.split('?')[1]).get('cursor')).toBe(answer.headers.get('x-next-cursor'));
      pages += 1;
    }
    expect(names).toEqual(['1', '2', '3', '4', '5']);
    expect(pages).toBe(3);
  });

  it('refuse a cursor under another filter', async () => {
    const cursor = (await api.call(`${PATH}?limit=2&sold=true`)).headers.get('x-next-cursor') ?? '';
    expect(cursor).toMatch(/^[\w-]+$/);
    expect((await api.call(`${PATH}?limit=3&sold=true&cursor=${cursor}`)).status).toBe(200);
    expect(faults(await api.call(`${PATH}?limit=2&sold=false&cursor=${cursor}`))).toEqual(['cursor INVALID_CURSOR']);
  });
});
