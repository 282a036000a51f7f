import { createTestDatabase, RawCall, spawnApi, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi, TestDatabase } from '#zakops/testing';

const SLOW_CONNECTIONS = 4_000;
const LIMIT_SECONDS = 2;

const HEAD = 'POST /api/deals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('limits of a request', () => {
  let database: TestDatabase;
  let api: SpawnedApi;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await spawnApi(database.url, {
      HTTP_HEADERS_TIMEOUT: String(LIMIT_SECONDS),
      HTTP_BODY_TIMEOUT: String(LIMIT_SECONDS),
      SSE_HEARTBEAT_INTERVAL: '0.5',
    });
  });

  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  it('thousands of slow connections stop nobody, and are closed in time', async () => {
    const stream = await SseClient.open(`${api.url}/api/events/stream`);
    const started = performance.now();
    const slow: RawCall[] = [];
    while (slow.length < SLOW_CONNECTIONS) {
      slow.push(
        ...(await Promise.all(Array.from({ length: 200 }, (_, n) => RawCall.send(api.url, n % 2 === 0 ? 'GET / HTTP/1.1\r\nX-a: ' : '')))),
      );
    }
    const trickle = setInterval(() => {
      // Every other one stays silent.
      for (const [n, { socket }] of slow.entries()) if (n % 2 === 0 && socket.writable) socket.write('b');
    }, 500);
    const waits: number[] = [];
    try {
      while (slow.some(({ isClosed }) => !isClosed)) {
        const asked = performance.now();
        expect((await fetch(`${api.url}/api/deals`)).status).toBe(200);
        waits.push(performance.now() - asked);
        if (performance.now() - started > 20_000) break;
      }
    } finally {
      clearInterval(trickle);
    }

    expect(slow.filter(({ isClosed }) => !isClosed)).toHaveLength(0);
    // Well-behaved clients were answered all the time, and none waited as long as the limit allows.
    expect(waits.length).toBeGreaterThan(20);
    expect(Math.max(...waits)).toBeLessThan(LIMIT_SECONDS * 1000);
    expect(slow.filter(({ received }) => received.startsWith('HTTP/1.1 408 ')).length).toBeGreaterThan(SLOW_CONNECTIONS * 0.9);
    expect(stream.isEnded).toBe(false);
    stream.close();
  }, 60_000);

  it('headers that do not end are answered with 408 as a problem', async () => {
    const client = await RawCall.send(api.url, 'GET /api/deals HTTP/1.1\r\nHost: localhost\r\n');
    await client.closed();
    expect(client.received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(client.received).not.toMatch(/\r\nServer:|X-Powered-By/i);
    expect(await client.problem()).toMatchObject({
      status: 408,
      code: 'REQUEST_TIMEOUT',
      type: '/problems/request-timeout',
      error: { code: 'REQUEST_TIMEOUT' },
    });
  });

  it('a body that does not end is answered with 408 as a problem, however it trickles', async () => {
    const client = await RawCall.send(api.url, `${HEAD}Content-Length: 100\r\n\r\n{`);
    const trickle = setInterval(() => client.socket.write(' '), 200);
    await client.closed();
    clearInterval(trickle);
    expect(await client.status()).toBe(408);
    expect(client.received).toMatch(/\r\nConnection: close\r\n/i);
    expect(await client.problem()).toMatchObject({ code: 'REQUEST_TIMEOUT', limit_seconds: LIMIT_SECONDS, instance: '/api/deals' });
    expect(await database.query('SELECT 1 FROM zakops.deals')).toEqual([]);
  });

  it('streams, and connections between two requests, outlive every limit', async () => {
    const request = 'GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const idle = await RawCall.send(api.url, request);
    const stream = await SseClient.open(`${api.url}/api/events/stream`);
    // Longer than the limits for headers and body together, by the clock of the server.
    await waitFor('heartbeats', () => stream.comments.length >= 2 * (3 * LIMIT_SECONDS + 5), 30_000);

    expect([stream.isEnded, idle.isClosed]).toEqual([false, false]);
    idle.socket.write(request);
    await waitFor('the second answer', () => idle.received.split('HTTP/1.1 200 OK').length === 3);
    idle.socket.destroy();
    stream.close();
  }, 60_000);

  it.each([
    ['too large', `X-a: ${'a'.repeat(20_000)}`],
    ['too many', Array.from({ length: 150 }, (_, n) => `X-${String(n)}: a`).join('\r\n')],
  ])('headers that are %s are answered with 431 as a problem', async (_, headers) => {
    const client = await RawCall.send(api.url, `GET /api/deals HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n\r\n`);
    await client.closed();
    expect(await client.status()).toBe(431);
    expect(await client.problem()).toMatchObject({ status: 431, code: 'REQUEST_HEADERS_TOO_LARGE', title: 'Headers too large' });
  });

  it.each([
    ['a second length', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['length and chunks', `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a line feed alone', 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['a header that is none', 'GET / HTTP/1.1\r\nHost: localhost\r\n: y\r\n\r\n'],
  ])('%s is answered with 400 as a problem, and nothing behind it is read', async (_, text) => {
    const client = await RawCall.send(api.url, text);
    await client.closed();
    expect(await client.status()).toBe(400);
    expect(await client.problem()).toMatchObject({ code: 'BAD_REQUEST' });
    expect(client.received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('HTTP_MAX_CONNECTIONS', () => {
  it('closes what comes beyond it, and takes connections again once there is room', async () => {
    const database = await createTestDatabase();
    const api = await spawnApi(database.url, { HTTP_MAX_CONNECTIONS: '10', HTTP_HEADERS_TIMEOUT: '30' });
    try {
      const held = await Promise.all(Array.from({ length: 12 }, () => RawCall.send(api.url)));
      await waitFor('some to be closed', () => held.filter(({ isClosed }) => isClosed).length >= 2);
      const beyond = await RawCall.send(api.url, 'GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await beyond.closed();
      expect(beyond.received).toBe('');
      await api.waitForLine('as many connections as HTTP_MAX_CONNECTIONS allows');

      for (const { socket } of held) socket.destroy();
      await waitFor('an answer', async () => (await fetch(`${api.url}/api/health/live`).catch(() => undefined))?.status === 200);
    } finally {
      await api.stop();
      await database.drop();
    }
  });
});
