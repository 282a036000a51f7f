import { createApi } from '../src/bootstrap/create-api.js';
import { loadApiConfig } from '../src/bootstrap/api-config.js';
import { ProbeModule } from './http-probe.controller.js';

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
export interface ProbeApi {
  readonly url: string;
  call(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  close(): Promise<void>;
  readonly app: Awaited<ReturnType<typeof createApi>>;
}

/** Starts the API in this process. */
export async function startProbeApi(env: Readonly<Record<string, string>> = {}): Promise<ProbeApi> {
  const config = loadApiConfig({ DATABASE_URL: NO_DATABASE, LOG_LEVEL: 'fatal', SHUTDOWN_TIMEOUT: '1', DRAIN_DELAY: '0', ...env });
  const app = await createApi(config, [ProbeModule]);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
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
