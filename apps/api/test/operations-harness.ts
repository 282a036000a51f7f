import { startApi } from '#zakops/testing';
import type { StartedApi } from '#zakops/testing';
import type { DynamicModule } from '@nestjs/common';

/** One answer, read to its end. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** An API in this process, on a port of its own. */
export interface OperationsApi extends StartedApi {
  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>>;
  delete<T = Record<string, unknown>>(path: string): Promise<Answer<T>>;
  /** May be called again. */
  close(): Promise<void>;
}

/**
 * Starts the API with what operators use.
 *
 * @param more - modules of the test
 */
export async function startOperationsApi(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  more: DynamicModule['imports'] = [],
): Promise<OperationsApi> {
  const { app, url } = await startApi(databaseUrl, { env, imports: more, isConnected: false });
  const call = async <T>(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Answer<T>> => {
    // A connection of its own for each call: a stopping server closes idle ones, and a call that had just taken one would fail.
    const response = await fetch(url + path, { ...init, headers: { connection: 'close', ...init?.headers } });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  };
  let closing: Promise<void> | undefined;
  return {
    url,
    app,
    get: (path) => call(path),
    post: (path, body) =>
      call(path, {
        method: 'POST',
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    delete: (path) => call(path, { method: 'DELETE' }),
    close: () => (closing ??= app.close()),
  };
}
