import { createTestDatabase, startApi } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** One answer, read to its end. */
export interface DealsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; undefined when there is none. */
  readonly body: unknown;
}

/** The API with deals, on a database and a port of its own. */
export class DealsApi {
  private constructor(
    readonly database: TestDatabase,
    private readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}, more: DynamicModule['imports'] = []): Promise<DealsApi> {
    return DealsApi.on(await createTestDatabase(), env, more);
  }

  /** As {@link start}, on a database of the test. */
  static async on(
    database: TestDatabase,
    env: Readonly<Record<string, string>> = {},
    more: DynamicModule['imports'] = [],
  ): Promise<DealsApi> {
    const { app, url } = await startApi(database.url, { env: { DATABASE_POOL_SIZE: '80', ...env }, imports: more });
    return new DealsApi(database, app, url);
  }

  /** Calls a path below `/api`, or a whole path such as that of a `Link`. */
  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<DealsAnswer> {
    const response = await fetch(this.url + (path.startsWith('/api/') ? path : `/api${path}`), {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<DealsAnswer> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<DealsAnswer> {
    return this.call('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<DealsAnswer> {
    return this.call('PATCH', path, body, headers);
  }

  /** Opens a deal and gives its id. */
  async open(fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { status, body } = await this.post('/deals', { canonical_name: 'acme-plumbing', ...fields });
    if (status !== 201) throw new Error(`Opening a deal was answered with ${String(status)}.`);
    return (body as { deal_id: string }).deal_id;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}
