import { newCall, runInCall } from '#zakops/observability';
import { CreateOperator } from '#zakops/operators';
import type { OperatorRole } from '#zakops/operators';
import { createTestDatabase, startApi } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { CommandBus } from '@nestjs/cqrs';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** The password of every operator that a test makes. */
export const PASSWORD = 'correct horse battery staple';

type Json = Record<string, unknown>;

/** One answer, read to its end. */
export interface LoginAnswer<T = Json> {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON body; an empty object when there is none. */
  readonly body: T;
}

/** Somebody with cookies, as a browser page is. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  csrfToken: string | undefined;

  constructor(private readonly url: string) {}

  /** Calls a path below `/api`; what changes something carries the token of the session. */
  async call<T = Json>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LoginAnswer<T>> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'GET' || this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
    const { csrf_token: token } = answer.body as { csrf_token?: string };
    if (typeof token === 'string') this.csrfToken = token;
    return answer;
  }

  get<T = Json>(path: string): Promise<LoginAnswer<T>> {
    return this.call<T>('GET', path);
  }

  post<T = Json>(path: string, body?: unknown): Promise<LoginAnswer<T>> {
    return this.call<T>('POST', path, body);
  }

  logIn(email: string, password = PASSWORD): Promise<LoginAnswer> {
    return this.post('/auth/login', { email, password });
  }
}

/** The API with login required, on a database and a port of its own. */
export class LoginApi {
  private constructor(
    readonly database: TestDatabase,
    readonly app: NestExpressApplication,
    readonly url: string,
    private readonly ownsDatabase: boolean,
  ) {}

  /** @param database - that of another process of the same system; without it a new one, which ends with this */
  static async start(env: Readonly<Record<string, string>> = {}, database?: TestDatabase): Promise<LoginApi> {
    const used = database ?? (await createTestDatabase());
    const loginEnv = { DATABASE_POOL_SIZE: '30', AUTH_REQUIRED: 'true', SESSION_SECRET: 'a secret of the tests with more than 32 bytes' };
    const { app, url } = await startApi(used.url, { env: { ...loginEnv, ...env } });
    return new LoginApi(used, app, url, database === undefined);
  }

  visitor(): Visitor {
    return new Visitor(this.url);
  }

  /** Makes an operator with {@link PASSWORD} and gives the id. */
  async operator(email: string, role: OperatorRole = 'analyst', name = 'Somebody'): Promise<string> {
    const command = new CreateOperator(email, name, role, PASSWORD, 'command line');
    const { id } = await runInCall(newCall({ type: 'system', id: 'cli' }), () => this.app.get(CommandBus).execute(command));
    return id;
  }

  /** Makes an operator and logs in as it. */
  async loggedIn(email: string, role: OperatorRole = 'analyst'): Promise<Visitor & { readonly id: string }> {
    const id = await this.operator(email, role);
    const visitor = this.visitor();
    const { status } = await visitor.logIn(email);
    if (status !== 200) throw new Error(`The login of ${email} was answered with ${String(status)}.`);
    return Object.assign(visitor, { id });
  }

  /** The audit entries since the last call of this, oldest first. */
  async newEntries(): Promise<Json[]> {
    const rows = await this.database.query<Json>('SELECT * FROM zakops.audit_log ORDER BY occurred_at, id');
    const fresh = rows.slice(this.#seen);
    this.#seen = rows.length;
    return fresh;
  }

  #seen = 0;

  async stop(): Promise<void> {
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}
