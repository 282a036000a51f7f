import { RawCall, requestText } from '#zakops/testing';
import { startProbeApi } from './probe-api.js';
import type { Answer, ProbeApi } from './probe-api.js';

let api: ProbeApi;
beforeAll(async () => {
  api = await startProbeApi();
});
afterAll(() => api.close());

const asked = (path: string, method = 'GET'): Promise<Answer> => api.call(path, { method, redirect: 'manual' });
/** Sends the target as it stands; `fetch` would mend it. */
const sent = async (target: string): Promise<{ readonly status: number; readonly text: string }> => {
  const call = await RawCall.send(api.url, requestText(`GET ${target}`, 'Host: localhost', 'Connection: close'));
  const status = await call.status();
  call.close();
  return { status, text: call.received };
};

describe('a path that is not spelled as its route', () => {
  it.each([
    ['/API/probe/open', '/api/probe/open'],
    ['/api/probe/open/', '/api/probe/open'],
    ['/api/probe/%6Fpen', '/api/probe/open'],
    ['/Api/Probe/Vehicles/V-001/?a=1&b=?', '/api/probe/vehicles/V-001?a=1&b=?'],
    ['/METRICS', '/metrics'],
    ['/API/ADMIN/operators', '/api/admin/operators'],
    ['/HEALTH/', '/health'],
  ])('%s is sent to %s', async (path, proper) => {
    const { status, headers, text } = await asked(path);
    expect([status, headers.get('location'), text]).toEqual([308, proper, '']);
  });

  it('keeps method and body on its way', async () => {
    const answer = await api.post('/API/probe/vehicles/', { name: 'Cart' });
    expect([answer.status, answer.body]).toEqual([201, { name: 'Cart' }]);
  });

  it.each([
    '//api/probe/open',
    '/api//probe/open',
    '/api/probe/open//',
    '/api/probe/x/../open',
    '/api/probe/%2E%2E/probe/open',
    '/api/probe%2Fopen',
    '//evil.example/',
  ])('%s is no spelling of any', async (target) => {
    const { status, text } = await sent(target);
    expect([status, /^location:/im.test(text)]).toEqual([404, false]);
  });

  it.each(['/api/probe/open#', '/api/probe/open#?x', '/api/probe/named?word=a#b', 'http://localhost/api/probe/open#x'])(
    '%s is no target: it has a fragment',
    async (target) => {
      const { status, text } = await sent(target);
      expect([status, text.includes('The target of a request has no fragment')]).toEqual([400, true]);
    },
  );

  it.each(['/%6Fpenapi.json', '/d%6Fcs', '/DOCS', '/openapi.json/'])('%s is not answered with the documents', async (target) => {
    expect((await sent(target)).status).toBe(404);
  });

  it('is not sent to where its method is not taken', async () => {
    expect((await asked('/API/probe/open', 'POST')).status).toBe(404);
    const { status, headers } = await asked('/api/probe/open', 'POST');
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('what is written of a path', () => {
  it('has one spelling for each', async () => {
    for (const path of ['/api/probe/vehicles/V-1', '/api/probe/vehicles/V%2D1', '/api/probe/vehicles/%56-1']) {
      const { status, body } = await asked(`${path}?x=%2D`);
      expect([status, body['instance']]).toEqual([400, '/api/probe/vehicles/V-1']);
    }
  });

  it('leads to the next page with all of its parameters, also with question marks in them', async () => {
    const { headers } = await asked('/api/probe/vehicles?limit=2&colour=red&sold=true');
    expect(headers.get('link')).toMatch(/^<\/api\/probe\/vehicles\?limit=2&colour=red&sold=true&cursor=[\w-]+>; rel="next"$/);
    const { status, body } = await asked('/api/probe/named?word=a?b');
    expect([status, body]).toEqual([200, { word: 'a?b' }]);
  });
});
