import { startApi } from '#zakops/testing';
import type { StartedApi } from '#zakops/testing';
import { ProbeModule } from './probe.controller.js';

// Nothing listens there: the ground rules hold without a database.
const NO_DATABASE = 'postgresql://zakops:hunter2@127.0.0.1:1/zakops';

/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; an empty object when the answer has none. */
  readonly body: Record<string, unknown>;
}

/** An API with the probe routes, listening on a port of its own. */
export interface ProbeApi extends StartedApi {
  call(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts the API in this process. */
export async function startProbeApi(env: Readonly<Record<string, string>> = {}): Promise<ProbeApi> {
  const { app, url } = await startApi(NO_DATABASE, { env, imports: [ProbeModule], isConnected: false });
  const call = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  const post = (path: string, body: unknown): Promise<Answer> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, url, call, post, close: () => app.close() };
}
