import { addressSubject, RateLimitedError, RateLimiter, RateLimits } from '#zakops/rate-limit';
import type { RateLimitPolicy } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { andThen } from '../and-then.js';
import { isApiKey } from '../api-keys/api-key-text.js';
import { AuthConfig } from '../auth.config.js';
import { AccessChanges } from '../changes/access-changes.js';
import { DEVELOPMENT_OPERATOR } from '../principal.js';
import { SessionCookies } from '../sessions/session-cookies.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { bearerTokenOf } from './bearer-token.js';
import { IdentityCache } from './identity-cache.js';
import type { Identity } from './identity.js';
import { PassportStrategies } from './passport-strategies.js';
import { SessionStrategy } from './session.strategy.js';

/** The part of a request that identifies its caller. */
export type Caller = Pick<IncomingMessage, 'headers'> & { readonly ip?: string | undefined };

const DEVELOPMENT: Identity = {
  principal: DEVELOPMENT_OPERATOR,
  actor: { type: 'user', id: DEVELOPMENT_OPERATOR.email },
  rateSubject: 'development',
  freshUntil: Number.POSITIVE_INFINITY,
  mustChangePassword: false,
  csrfTokens: undefined,
  isReplaced: false,
};

/**
 * Identifies callers: by the API key of a request, else by its session cookie.
 *
 * @remarks One query at most, and neither query nor promise for a credential that is remembered. A request with both is identified by its
 * key alone, also when the key is refused: otherwise a forged page could choose the credential.
 */
@Injectable()
export class PrincipalSource implements OnModuleDestroy {
  // Two caches, so that a key is never accepted as a cookie, nor a cookie as a key.
  readonly #sessions = new IdentityCache();
  readonly #keys = new IdentityCache();
  /** The identity of an unknown caller. */
  readonly #fallback: Identity | undefined;
  readonly #unknownKeys: RateLimitPolicy;
  readonly #stopListening: () => void;

  constructor(
    config: AuthConfig,
    changes: AccessChanges,
    private readonly cookies: SessionCookies,
    private readonly strategies: PassportStrategies,
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
    session: SessionStrategy,
    apiKey: ApiKeyStrategy,
  ) {
    this.#fallback = config.required ? undefined : DEVELOPMENT;
    this.#unknownKeys = { ...limits.anonymous, name: 'unknown-keys' };
    for (const strategy of [session, apiKey]) strategies.use(strategy.name, strategy);
    this.#stopListening = changes.on((change) => {
      this.#sessions.forget(change);
      this.#keys.forget(change);
    });
  }

  onModuleDestroy(): void {
    this.#stopListening();
  }

  /**
   * Identifies the caller of a request.
   *
   * @returns undefined for an unknown caller; while `AUTH_REQUIRED` is false the development operator
   * @throws DatabaseUnavailableError when a query is needed and fails
   * @throws RateLimitedError for a key that has to be looked up, when its address has sent too many unknown keys
   */
  identify(request: Caller): Identity | undefined | Promise<Identity | undefined> {
    const { authorization } = request.headers;
    const found = authorization === undefined ? this.bySession(request) : this.byKey(authorization, request);
    return andThen(found, (identity) => identity ?? this.#fallback);
  }

  private bySession(request: Caller): Identity | undefined | Promise<Identity | undefined> {
    const cookies = this.cookies.read(request);
    const [cookie] = cookies;
    if (cookie === undefined) return undefined;
    return cookies.length === 1 ? this.ofCookie(cookie) : this.ofSeveral(cookies);
  }

  /** The first valid session, else the first replaced one: a session that has ended must not hide a valid one. */
  private async ofSeveral(cookies: readonly string[]): Promise<Identity | undefined> {
    let replaced: Identity | undefined;
    for (const cookie of cookies) {
      const found = await this.ofCookie(cookie);
      if (found?.isReplaced === false) return found;
      replaced ??= found;
    }
    return replaced;
  }

  private ofCookie(cookie: string): Identity | undefined | Promise<Identity | undefined> {
    const remembered = this.#sessions.recall(cookie);
    if (remembered !== undefined) return remembered.identity;
    return this.#sessions.lookUp(cookie, () => this.strategies.run('session-cookie', this.cookies.carrying(cookie)));
  }

  private byKey(authorization: string, request: Caller): Identity | undefined | Promise<Identity | undefined> {
    // Remembered by key, not by header: a header has many spellings.
    const key = bearerTokenOf(authorization);
    if (key === undefined) return undefined;
    const remembered = this.#keys.recall(key);
    if (remembered !== undefined) return remembered.identity;
    if (!isApiKey(key)) return undefined;
    return this.limits.enabled ? this.lookUpLimited(key, request) : this.lookUpKey(key, request);
  }

  /** Counts unknown keys by address, because a key with a good checksum is easy to make, and its look-up is not free. */
  private async lookUpLimited(key: string, request: Caller): Promise<Identity | undefined> {
    const address = addressSubject(request.ip ?? '');
    // A key that was known before is looked up in any case: other callers of its address may be guessing.
    if (!this.#keys.wasKnown(key) && this.limiter.isExhausted(this.#unknownKeys, address)) {
      throw new RateLimitedError(await this.limiter.take(this.#unknownKeys, address));
    }
    const found = await this.lookUpKey(key, request);
    if (found === undefined) await this.limiter.take(this.#unknownKeys, address);
    return found;
  }

  private lookUpKey(key: string, request: Caller): Promise<Identity | undefined> {
    return this.#keys.lookUp(key, () => this.strategies.run('api-key', request));
  }
}
