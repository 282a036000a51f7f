import { createHttpAdapter } from '../http-adapter.js';
import { JsonText } from '../json-text.js';
import { sendJson } from './send-json.js';

interface Given {
  readonly method?: string;
  readonly isSecret?: boolean;
  readonly value?: unknown;
  readonly status?: number;
  readonly set?: Readonly<Record<string, string>>;
}

interface Answered {
  readonly body: unknown;
  readonly tag: string | undefined;
  readonly caching: string | undefined;
}

/** What is sent for a handler's `value` after it has set these headers. */
function answer({ method = 'GET', isSecret = false, value = { a: 1 }, status = 200, set = {} }: Given): Answered {
  const headers = new Map(Object.entries({ 'cache-control': 'no-store', ...set }));
  let body: unknown;
  const send = (sent?: unknown): void => {
    body = sent;
  };
  const response = {
    req: { method, headers: {}, notes: isSecret ? { hasSecretAnswer: true } : undefined },
    statusCode: status,
    headersSent: false,
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader: (name: string, text: string) => headers.set(name.toLowerCase(), text),
    end: send,
    send,
    json: (sent: unknown) => {
      send(JSON.stringify(sent));
    },
  };
  createHttpAdapter().reply(response, value);
  return { body, tag: headers.get('etag'), caching: headers.get('cache-control') };
}

const TAG = expect.stringMatching(/^"[A-Za-z0-9+/]{22}"$/) as string;

describe(sendJson.name, () => {
  it.each(['GET', 'HEAD'])('tags the JSON of a %s and lets its caller keep it', (method) => {
    expect(answer({ method })).toEqual({ body: '{"a":1}', tag: TAG, caching: 'private, no-cache' });
  });

  it('puts the version of a route in front, and covers the place of the next page', () => {
    const [alone, versioned, followed] = [answer({}), answer({ set: { etag: '"5"' } }), answer({ set: { 'x-next-cursor': 'abc' } })];
    expect(versioned.tag).toBe(`"5-${alone.tag?.slice(1) ?? ''}`);
    expect([followed.tag === alone.tag, followed.body]).toEqual([false, alone.body]);
  });

  it.each<[string, Given, unknown]>([
    ['a secret', { isSecret: true }, '{"a":1}'],
    ['an answer with a cookie', { set: { 'set-cookie': 'a=b' } }, '{"a":1}'],
    ['another type', { set: { 'content-type': 'application/x-ndjson' } }, '{"a":1}'],
    ['a text', { value: 'text' }, 'text'],
    ['nothing', { value: null }, undefined],
    ['a failure', { status: 503 }, '{"a":1}'],
    ['a change without a version', { method: 'POST', status: 201 }, '{"a":1}'],
  ])('leaves %s without a tag, kept by nobody', (_, given, body) => {
    expect(answer(given)).toEqual({ body, tag: undefined, caching: 'no-store' });
  });

  it('gives the answer to a change the tag of reading the same, and leaves a secret its version alone', () => {
    const change = { method: 'PATCH', set: { etag: '"5"' } };
    const read = answer({ set: { etag: '"5"' } });
    expect(answer(change)).toEqual({ body: '{"a":1}', tag: read.tag, caching: 'no-store' });
    expect(answer({ ...change, isSecret: true })).toEqual({ body: '{"a":1}', tag: '"5"', caching: 'no-store' });
  });

  it('sends JSON that was written before as it stands', () => {
    expect(answer({ value: new JsonText('{"a":1.50}') }).body).toBe('{"a":1.50}');
  });
});
