import { RawCall, requestText } from '#zakops/testing';
import { startProbeApi } from './probe-api.js';
import type { ProbeApi } from './probe-api.js';

const LOGIN = { AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(32) };
const HOST = 'Host: localhost';
const JSON_TYPE = 'Content-Type: application/json';
const VEHICLE = '{"name":"Cart"}';

let open: ProbeApi;
let closed: ProbeApi;
beforeAll(async () => {
  open = await startProbeApi();
  closed = await startProbeApi(LOGIN);
});
afterAll(() => Promise.all([open.close(), closed.close()]));

describe('what the headers tell', () => {
  const CASES: readonly (readonly [string, number, string, readonly string[], 'no login' | 'login'])[] = [
    ['that nobody is logged in', 401, 'POST /api/probe/vehicles', [JSON_TYPE], 'login'],
    ['a path without a route', 404, 'POST /api/nowhere', [JSON_TYPE], 'login'],
    ['a method that is not taken', 405, 'PUT /api/probe/vehicles', [JSON_TYPE], 'login'],
    ['a foreign host', 421, 'POST /api/probe/vehicles', [JSON_TYPE, 'Host: evil.example'], 'no login'],
    ['an id that is none', 400, 'POST /api/probe/vehicles', [JSON_TYPE, 'X-Correlation-ID: a b'], 'no login'],
    ['a page of another site', 403, 'POST /api/probe/vehicles', [JSON_TYPE, 'Origin: https://evil.example'], 'no login'],
    ['a route that is closed', 403, 'GET /api/probe/unmarked', [JSON_TYPE], 'no login'],
    ['another type', 415, 'POST /api/probe/vehicles', ['Content-Type: text/plain'], 'no login'],
    ['no type', 415, 'POST /api/probe/vehicles', [], 'no login'],
    ['another encoding', 415, 'POST /api/probe/vehicles', ['Content-Type: application/json; charset=utf-7'], 'no login'],
    ['another compression', 415, 'POST /api/probe/vehicles', [JSON_TYPE, 'Content-Encoding: zstd'], 'no login'],
    ['a path that is spelled otherwise', 308, 'POST /API/probe/vehicles', [JSON_TYPE], 'no login'],
  ];
  const BODIES = [['Content-Length: 500000'], ['Transfer-Encoding: chunked'], ['Content-Length: 500000', 'Expect: 100-continue']];

  it('is answered before a body is read, and the connection closed', async () => {
    const outcome = async ([what, , first, lines, who]: (typeof CASES)[number], body: readonly string[]): Promise<unknown> => {
      const host = lines.some((line) => line.startsWith('Host:')) ? [] : [HOST];
      const call = await RawCall.send((who === 'login' ? closed : open).url, requestText(first, ...host, ...lines, ...body));
      const status = await call.status();
      await call.closed();
      return [what, status, /\r\nConnection: close\r\n/i.test(call.received), call.received.includes('100 Continue')];
    };
    for (const body of BODIES) {
      const outcomes = await Promise.all(CASES.map((each) => outcome(each, body)));
      expect(outcomes).toEqual(CASES.map(([what, status]) => [what, status, true, false]));
    }
  });

  it('is a body that is too long: its length for a caller who is known, a small one for others', async () => {
    for (const [api, path, limit] of [
      [open, '/api/probe/vehicles', 1_048_576],
      [closed, '/api/probe/attempt', 16_384],
    ] as const) {
      const call = await RawCall.send(api.url, requestText(`POST ${path}`, HOST, JSON_TYPE, `Content-Length: ${String(limit + 1)}`));
      expect(await call.status()).toBe(413);
      expect(await call.problem()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', limit_bytes: limit });
    }
    const fits = `{"x":"${'x'.repeat(16_384 - 8)}"}`;
    expect((await closed.post('/api/probe/attempt', fits)).status).toBe(400);
  });
});

describe('a body without a length', () => {
  it('is refused at the first byte too many', async () => {
    const call = await RawCall.send(closed.url, requestText('POST /api/probe/attempt', HOST, JSON_TYPE, 'Transfer-Encoding: chunked'));
    call.socket.write(`4001\r\n{${' '.repeat(16_384)}\r\n`);
    expect(await call.status()).toBe(413);
    await call.closed();
  });
});

describe('a client that goes on sending', () => {
  it('gets its answer all the same', async () => {
    const call = await RawCall.send(closed.url, requestText('POST /api/probe/vehicles', HOST, JSON_TYPE, 'Content-Length: 900000'));
    call.socket.write('x'.repeat(900_000));
    expect(await call.status()).toBe(401);
    expect(await call.problem()).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('keeps its connection when it has sent everything', async () => {
    const body = 'Content-Length: 15';
    const call = await RawCall.send(closed.url, requestText('POST /api/nowhere', HOST, JSON_TYPE, body) + VEHICLE);
    expect(await call.status()).toBe(404);
    expect(call.received).not.toMatch(/\r\nConnection: close\r\n/i);
    call.received = '';
    call.socket.write(requestText('GET /api/probe/open', HOST));
    expect(await call.status()).toBe(200);
    call.close();
  });
});

describe('Expect', () => {
  const asks = requestText('POST /api/probe/vehicles', HOST, JSON_TYPE, 'Content-Length: 15', 'Expect: 100-continue');

  it('100-continue is answered when the body is wanted', async () => {
    const call = await RawCall.send(open.url, asks);
    await call.got('HTTP/1.1 100 Continue\r\n\r\n');
    call.socket.write(VEHICLE);
    expect(await call.status()).toBe(201);
    call.received = '';
    call.socket.write(requestText('GET /api/probe/open', HOST));
    expect(await call.status()).toBe(200);
    call.close();
  });

  it('100-continue is waited for by nobody in HTTP/1.0', async () => {
    const call = await RawCall.send(open.url, asks.replace('HTTP/1.1', 'HTTP/1.0') + VEHICLE);
    expect(await call.status()).toBe(201);
    expect(call.received).not.toContain('100 Continue');
    call.close();
  });

  it('of anything else is 417 as a problem', async () => {
    const call = await RawCall.send(open.url, requestText('GET /api/probe/open', HOST, 'Expect: 200-ok', 'Connection: close'));
    expect(await call.status()).toBe(417);
    expect(await call.problem()).toMatchObject({ status: 417, code: 'EXPECTATION_FAILED' });
  });
});

describe('calls beyond the limit', () => {
  it('are refused whatever their bodies are, and none of these is read first', async () => {
    const api = await startProbeApi({ RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_GENERAL_PER_MINUTE: '3' });
    try {
      const statuses: number[] = [];
      for (const body of ['['.repeat(100_000), 'nonsense', VEHICLE, '['.repeat(100_000), 'nonsense', VEHICLE])
        statuses.push((await api.post('/api/probe/vehicles', body)).status);
      expect(statuses).toEqual([400, 400, 201, 429, 429, 429]);
      const call = await RawCall.send(api.url, requestText('POST /api/probe/vehicles', HOST, JSON_TYPE, 'Content-Length: 500000'));
      expect(await call.status()).toBe(429);
      await call.closed();
    } finally {
      await api.close();
    }
  });
});
