import { AccessChanges, ApiKeyStore, SessionCookies, SessionStore } from '#zakops/auth';
import type { IssuedApiKey, OpenedSession, Role, Scope } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { createTestDatabase, SseClient, startApi } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomUUID } from 'node:crypto';
import { ProbeModule } from '../../../libs/http/test/probe.controller.js';

export const SECRET = 's'.repeat(32);

export const AUTH_ENV: Readonly<Record<string, string>> = { AUTH_REQUIRED: 'true', SESSION_SECRET: SECRET };

/** One answer, read to its end. */
export interface AuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody who is logged in. */
export interface LoggedIn extends OpenedSession {
  readonly operatorId: string;
  /** The header that a browser would send. */
  readonly cookie: string;
  readonly csrfToken: string;
}

type Environment = Readonly<Record<string, string>>;

/** Calls an API as anybody. */
export async function callAs(url: string, path: string, headers: Environment = {}, method = 'GET', body?: unknown): Promise<AuthAnswer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? (JSON.parse(text) as AuthAnswer['body']) : {},
  };
}

/** An API in this process that asks who calls, on a database of its own, with the probe routes. */
export class AuthApi {
  readonly #streams: SseClient[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly app: NestExpressApplication,
    readonly url: string,
    private readonly ownsDatabase: boolean,
  ) {}

  /**
   * @param database - one that several APIs share; by default a new one
   * @param more - modules of the test; by default the probe routes
   */
  static async start(env: Environment = {}, database?: TestDatabase, more: DynamicModule['imports'] = [ProbeModule]): Promise<AuthApi> {
    const used = database ?? (await createTestDatabase());
    const { app, url } = await startApi(used.url, { env: { SSE_HEARTBEAT_INTERVAL: '0.3', ...AUTH_ENV, ...env }, imports: more });
    return new AuthApi(used, app, url, database === undefined);
  }

  call(path: string, headers?: Environment, method?: string, body?: unknown): Promise<AuthAnswer> {
    return callAs(this.url, path, headers, method, body);
  }

  /** Adds an operator, and gives the id. */
  async operator(role: Role, status = 'active'): Promise<string> {
    const id = randomUUID();
    await this.database.query(`INSERT INTO zakops.operators (id, email, name, role, status) VALUES ($1, $2, $3, $4, $5)`, [
      id,
      `${id}@example.com`,
      `The ${role}`,
      role,
      status,
    ]);
    return id;
  }

  /** Opens a session as a login would. */
  async logIn(roleOrOperator: Role | { readonly id: string }): Promise<LoggedIn> {
    const operatorId = typeof roleOrOperator === 'string' ? await this.operator(roleOrOperator) : roleOrOperator.id;
    const opened = await this.app.get(UnitOfWork).run((tx) => this.app.get(SessionStore).open(tx, operatorId));
    return this.held(operatorId, opened);
  }

  /** What a browser has of a session. */
  held(operatorId: string, opened: OpenedSession): LoggedIn {
    const cookies: string[] = [];
    const csrfToken = this.app.get(SessionCookies).write({ appendHeader: (_name, value) => cookies.push(value) }, opened);
    return { ...opened, operatorId, csrfToken, cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ') };
  }

  /** Makes a key of an operator. */
  issueKey(operatorId: string, scopes: readonly Scope[], expiresAt: Date | null = null): Promise<IssuedApiKey> {
    return this.app.get(UnitOfWork).run((tx) => this.app.get(ApiKeyStore).issue(tx, { operatorId, name: 'test', scopes, expiresAt }));
  }

  /** Changes an operator as an administrator would. */
  async change(operatorId: string, assignment: string): Promise<void> {
    await this.app.get(UnitOfWork).run(async (tx) => {
      await tx.query(`UPDATE zakops.operators SET ${assignment} WHERE id = $1`, [operatorId]);
      this.app.get(AccessChanges).announce(tx, { kind: 'operator', id: operatorId });
    });
  }

  /** Opens a stream of events. */
  async stream(headers: Environment, query = '', path = '/api/events/stream'): Promise<SseClient> {
    const client = await SseClient.open(`${this.url}${path}${query}`, { headers });
    this.#streams.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await this.app.close();
    for (const stream of this.#streams) stream.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}

/** The headers of a page that a session belongs to. */
export function browser({ cookie, csrfToken }: LoggedIn): { readonly cookie: string; readonly 'x-csrf-token': string } {
  return { cookie, 'x-csrf-token': csrfToken };
}

/** The header for a key. */
export function bearer(key: string): { readonly authorization: string } {
  return { authorization: `Bearer ${key}` };
}
