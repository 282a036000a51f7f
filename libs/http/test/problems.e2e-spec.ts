import { PROBLEM_CODES } from '#zakops/http';
import { connect } from 'node:net';
import { startProbeApi } from './probe-api.js';
import type { Answer, ProbeApi } from './probe-api.js';

let api: ProbeApi;
beforeAll(async () => {
  api = await startProbeApi();
});
afterAll(() => api.close());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const traceId = answer.headers.get('x-trace-id');
  expect(answer.body).toMatchObject({
    type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/^[A-Z]/),
    status,
    detail: expect.stringMatching(/\w/),
    instance: expect.stringMatching(/^\//),
    traceId,
    error: { code, message: answer.body['detail'], details: expect.any(Array), trace_id: traceId },
  });
}

describe('problem answers', () => {
  it.each([
    ['invalid_input', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['precondition_failed', 412],
    ['too_large', 413],
    ['rule_broken', 422],
    ['rate_limited', 429],
    ['internal', 500],
    ['unavailable', 503],
  ])('answer an unknown code of the category %s with %i', async (category, status) => {
    const answer = await api.call(`/api/probe/category/${category}`);
    expectProblem(answer, status, 'SOMETHING_NEW');
    expect(answer.body['category']).toBe(category);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="zakops"' : null);
    expect(answer.headers.get('retry-after')).toBe(status === 429 || status === 503 ? '5' : null);
  });

  it.each(Object.entries(PROBLEM_CODES))('answer the code %s with its own status and title', async (code, { status, title }) => {
    const answer = await api.call(`/api/probe/code/${code}`);
    expectProblem(answer, status, code);
    expect(answer.body['title']).toBe(title);
  });

  it('say nothing of an unexpected error but that there was one', async () => {
    const answer = await api.call('/api/probe/crash');
    expectProblem(answer, 500, 'INTERNAL_ERROR');
    expect(answer.text).not.toMatch(/hunter2|postgresql|main\.js|connect/);
  });

  it('clean and cut what a detail must not show', async () => {
    const answer = await api.call('/api/probe/leaky');
    expectProblem(answer, 409, 'CONFLICT');
    expect(answer.text).not.toMatch(/hunter2|main\.js/);
    expect(String(answer.body['detail'])).toHaveLength(2_000);
  });

  it.each([
    [400, 400, 'BAD_REQUEST'],
    [401, 401, 'UNAUTHORIZED'],
    [403, 403, 'FORBIDDEN'],
    [404, 404, 'NOT_FOUND'],
    [406, 406, 'NOT_ACCEPTABLE'],
    [409, 409, 'CONFLICT'],
    [412, 412, 'PRECONDITION_FAILED'],
    [413, 413, 'PAYLOAD_TOO_LARGE'],
    [415, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [418, 400, 'BAD_REQUEST'],
    [422, 422, 'RULE_BROKEN'],
    [429, 429, 'RATE_LIMITED'],
    [500, 500, 'INTERNAL_ERROR'],
    [502, 500, 'INTERNAL_ERROR'],
    [503, 503, 'SERVICE_UNAVAILABLE'],
  ])('give an exception of Nest with %i the form of %i %s', async (thrown, status, code) => {
    const answer = await api.call(`/api/probe/nest/${String(thrown)}`);
    expectProblem(answer, status, code);
    expect(answer.body['detail'] === 'Nest says no.').toBe(code !== 'INTERNAL_ERROR');
  });

  it('name a route that does not exist, and methods that a path takes', async () => {
    const unknown = await api.call('/api/nowhere?x=1');
    expectProblem(unknown, 404, 'NOT_FOUND');
    expect(unknown.body).toMatchObject({ detail: 'There is no GET /api/nowhere.', instance: '/api/nowhere' });
    const method = await api.call('/api/probe/vehicles', { method: 'DELETE' });
    expectProblem(method, 405, 'METHOD_NOT_ALLOWED');
    expect(method.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('refuse a path that cannot be decoded', async () => {
    expectProblem(await api.call('/api/%zz'), 400, 'BAD_REQUEST');
  });

  it('say 503 while the database is away', async () => {
    const answer = await api.call('/api/probe/database');
    expectProblem(answer, 503, 'SERVICE_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.text).not.toMatch(/hunter2|127\.0\.0\.1/);
  });

  it('answer HEAD without a body', async () => {
    const answer = await api.call('/api/nowhere', { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([404, '', 'application/problem+json']);
  });

  it('break the connection when the answer had begun, and write nothing more', async () => {
    await expect(api.call('/api/probe/half')).rejects.toThrow();
  });

  it('answer what is not HTTP with a problem, too', async () => {
    const { port } = new URL(api.url);
    const received = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost x\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => {
        resolve(text);
      });
      socket.on('error', reject);
    });
    const [head = '', body = ''] = received.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(head).toContain('Content-Type: application/problem+json');
    // Every header that an answer of a route has.
    const { headers } = await api.call('/nowhere');
    for (const name of ['x-content-type-options', 'x-frame-options', 'x-xss-protection', 'referrer-policy', 'content-security-policy'])
      expect(head.toLowerCase()).toContain(`${name}: ${headers.get(name)?.toLowerCase() ?? 'nothing'}`);
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'BAD_REQUEST', type: '/problems/bad-request' });
  });
});
