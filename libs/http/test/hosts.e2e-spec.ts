import { RawCall, requestText } from '#zakops/testing';
import { startProbeApi } from './probe-api.js';
import type { ProbeApi } from './probe-api.js';

const LOGIN = { AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(32) };
const CLOSE = 'Connection: close';

async function ask(api: ProbeApi, first: string, ...lines: readonly string[]): Promise<Record<string, unknown> & { status?: number }> {
  const call = await RawCall.send(api.url, requestText(first, ...lines, CLOSE));
  const status = await call.status();
  return { ...(await call.problem()), status };
}

const MISDIRECTED = {
  status: 421,
  code: 'MISDIRECTED_REQUEST',
  errors: [expect.objectContaining({ pointer: 'Host', code: 'NOT_ALLOWED' })],
};
const UNREADABLE = { status: 400, code: 'BAD_REQUEST', detail: 'The request must name one host, in Host.' };

describe('without a login', () => {
  let api: ProbeApi;
  beforeAll(async () => {
    api = await startProbeApi();
  });
  afterAll(() => api.close());

  it.each(['localhost', 'LOCALHOST.:1', '127.0.0.1:8000', '127.9.9.9', '[::1]:80', '[::ffff:127.0.0.1]'])(
    '%s is a name of ours',
    async (host) => {
      expect(await ask(api, 'GET /api/probe/open', `Host: ${host}`)).toEqual({ open: true, status: 200 });
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    '[2001:db8::1]',
    '0.0.0.0',
    'evil.example:8000',
  ])('%s is not, whatever is asked for', async (host) => {
    for (const path of ['/api/probe/me', '/openapi.json', '/docs', '/health', '/nowhere'])
      expect(await ask(api, `GET ${path}`, `Host: ${host}`, 'Sec-Fetch-Site: same-origin')).toMatchObject({
        ...MISDIRECTED,
        instance: path,
      });
  });

  it('a foreign name is not made ours by what a page may send beside it', async () => {
    for (const claim of ['X-Forwarded-Host: localhost', 'Forwarded: host=localhost', 'X-Host: localhost', 'X-Original-Host: localhost'])
      expect(await ask(api, 'GET /api/probe/me', 'Host: evil.example', claim)).toMatchObject(MISDIRECTED);
  });

  it('a preflight under a foreign name is refused', async () => {
    const lines = ['Origin: http://evil.example', 'Access-Control-Request-Method: POST'];
    expect(await ask(api, 'OPTIONS /api/probe/me', 'Host: evil.example', ...lines)).toMatchObject(MISDIRECTED);
  });

  it('the host of a target in absolute form counts, not that of the header', async () => {
    expect(await ask(api, 'GET http://evil.example/api/probe/me', 'Host: localhost')).toMatchObject(MISDIRECTED);
    expect(await ask(api, 'GET http://localhost@evil.example/api/probe/me', 'Host: localhost')).toMatchObject(UNREADABLE);
    expect(await ask(api, 'GET HTTP://LOCALHOST:1/api/probe/open?x=1', 'Host: evil.example')).toEqual({ open: true, status: 200 });
    expect(await ask(api, 'GET http://localhost?x=1', 'Host: localhost')).toMatchObject({ status: 404, instance: '/' });
  });

  it('a target in absolute form is its path to all who read it later', async () => {
    const lines = ['Host: localhost', 'User-Agent: tests'];
    expect(await ask(api, 'GET http://localhost/api/probe/origin', ...lines)).toMatchObject({ path: '/api/probe/origin', status: 200 });
    expect(await ask(api, 'POST http://localhost/api/probe/origin', ...lines)).toMatchObject({
      status: 405,
      instance: '/api/probe/origin',
    });
  });
});

describe('with a login', () => {
  let open: ProbeApi;
  let named: ProbeApi;
  beforeAll(async () => {
    open = await startProbeApi(LOGIN);
    named = await startProbeApi({ ...LOGIN, HOST: '::1', PUBLIC_HOSTS: 'api.example.com, [2001:db8::1]', TRUST_PROXY: 'loopback' });
  });
  afterAll(() => Promise.all([open.close(), named.close()]));

  it('any name is taken while no public ones are set', async () => {
    expect(await ask(open, 'GET /api/probe/open', 'Host: any.example')).toEqual({ open: true, status: 200 });
  });

  it('the public names are taken beside our own, and no others', async () => {
    for (const host of ['API.example.com:8443', '[2001:db8:0::1]', 'localhost', '127.0.0.1'])
      expect(await ask(named, 'GET /api/probe/open', `Host: ${host}`)).toEqual({ open: true, status: 200 });
    for (const host of ['example.com', 'x.api.example.com'])
      expect(await ask(named, 'GET /api/probe/open', `Host: ${host}`)).toMatchObject(MISDIRECTED);
  });

  it('a trusted proxy cannot name another host', async () => {
    expect(await ask(named, 'GET /api/probe/open', 'Host: evil.example', 'X-Forwarded-Host: api.example.com')).toMatchObject(MISDIRECTED);
  });

  it.each([
    ['two hosts', ['Host: localhost', 'host: evil.example']],
    ['the same host twice', ['Host: localhost', 'HOST: localhost']],
    ['a list of hosts', ['Host: localhost, evil.example']],
    ['a host with a user', ['Host: localhost@evil.example']],
    ['a host with a path', ['Host: localhost/x']],
    ['an empty host', ['Host:']],
  ])('%s is 400, checked or not', async (_what, lines) => {
    for (const api of [open, named]) expect(await ask(api, 'GET /api/probe/open', ...lines)).toMatchObject(UNREADABLE);
  });

  it('a request of HTTP/1.0 may name no host', async () => {
    const call = await RawCall.send(named.url, 'GET /api/probe/open HTTP/1.0\r\n\r\n');
    expect(await call.status()).toBe(200);
    call.close();
  });
});

it.each(['api.example.com:443', 'https://api.example.com', 'a b', '2001:db8::1', 'api.example.com:'])(
  'PUBLIC_HOSTS=%s is refused',
  async (hosts) => {
    await expect(startProbeApi({ PUBLIC_HOSTS: hosts })).rejects.toThrow('PUBLIC_HOSTS holds');
  },
);
