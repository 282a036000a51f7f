import type { ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of } from 'rxjs';
import { SecretAnswer } from '../secret-answer.js';
import { ConditionalInterceptor } from './conditional.interceptor.js';

class Routes {
  plain(): void {
    // Only its marks count.
  }

  @SecretAnswer()
  secret(): void {
    // Only its marks count.
  }
}

interface Given {
  readonly method?: string;
  readonly route?: keyof Routes;
  readonly value?: unknown;
  readonly status?: number;
  readonly set?: Readonly<Record<string, string>>;
}

interface Answered {
  readonly value: unknown;
  readonly tag: string | undefined;
  readonly caching: string | undefined;
}

/** What becomes of an answer whose handler gave `value` and had set these headers. */
async function answer({ method = 'GET', route = 'plain', value = { a: 1 }, status = 200, set = {} }: Given): Promise<Answered> {
  const headers = new Map(Object.entries({ 'cache-control': 'no-store', ...set }));
  const response = {
    statusCode: status,
    headersSent: false,
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader: (name: string, text: string) => headers.set(name.toLowerCase(), text),
    type: () => undefined,
  };
  const context = {
    getClass: () => Routes,
    getHandler: (): unknown => Reflect.get(Routes.prototype, route),
    switchToHttp: () => ({ getRequest: () => ({ method, headers: {} }), getResponse: () => response }),
  } as unknown as ExecutionContext;
  const sent = await lastValueFrom(new ConditionalInterceptor().intercept(context, { handle: () => of(value) }));
  return { value: sent, tag: headers.get('etag'), caching: headers.get('cache-control') };
}

const TAG = expect.stringMatching(/^"[A-Za-z0-9+/]{22}"$/) as string;

describe(ConditionalInterceptor.name, () => {
  it.each(['GET', 'HEAD'])('tags the JSON of a %s and lets its caller keep it', async (method) => {
    expect(await answer({ method })).toEqual({ value: '{"a":1}', tag: TAG, caching: 'private, no-cache' });
  });

  it('puts the version of a route in front, and covers the place of the next page', async () => {
    const [alone, versioned, followed] = [
      await answer({}),
      await answer({ set: { etag: '"5"' } }),
      await answer({ set: { 'x-next-cursor': 'abc' } }),
    ];
    expect(versioned.tag).toBe(`"5-${alone.tag?.slice(1) ?? ''}`);
    expect([followed.tag === alone.tag, followed.value]).toEqual([false, alone.value]);
  });

  it.each<[string, Given]>([
    ['a secret', { route: 'secret' }],
    ['an answer with a cookie', { set: { 'set-cookie': 'a=b' } }],
    ['another type', { set: { 'content-type': 'application/x-ndjson' } }],
    ['a text', { value: 'text' }],
    ['nothing', { value: null }],
    ['a failure', { status: 503 }],
    ['a change without a version', { method: 'POST', status: 201 }],
  ])('leaves %s as it is, kept by nobody', async (_, given) => {
    const value = 'value' in given ? given.value : { a: 1 };
    expect(await answer(given)).toEqual({ value, tag: undefined, caching: 'no-store' });
  });

  it('gives the answer to a change the tag of reading the same, and leaves a secret its version alone', async () => {
    const change = { method: 'PATCH', set: { etag: '"5"' } };
    const read = await answer({ set: { etag: '"5"' } });
    expect(await answer(change)).toEqual({ value: '{"a":1}', tag: read.tag, caching: 'no-store' });
    expect(await answer({ ...change, route: 'secret' })).toEqual({ value: { a: 1 }, tag: '"5"', caching: 'no-store' });
  });
});
