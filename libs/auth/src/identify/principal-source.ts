import { addressSubject, RateLimitedError, RateLimiter, RateLimits } from '#zakops/rate-limit';
import type { RateLimitPolicy } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isApiKey } from '../api-keys/api-key-text.js';
import { AuthConfig } from '../auth.config.js';
import { AccessChanges } from '../changes/access-changes.js';
import { DEVELOPMENT_OPERATOR } from '../principal.js';
import { SessionCookies } from '../sessions/session-cookies.js';
import type { CookieSource } from '../sessions/session-cookies.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { bearerTokenOf } from './bearer-token.js';
import { IdentityCache } from './identity-cache.js';
import type { FoundIdentity, Identity } from './identity.js';
import { PassportStrategies } from './passport-strategies.js';
import { SessionStrategy } from './session.strategy.js';

/** The part of a request that tells who makes it. */
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
 * Finds out who makes a request: by its API key, or else by its session cookie.
 *
 * @remarks Asks at most one query, and none for a credential that was asked about in the last seconds; no promise then either. Who
 * sends both is the key alone: a key that is refused never falls back to the cookie, or a forged page could choose which of the two
 * counts.
 */
@Injectable()
export class PrincipalSource implements OnModuleDestroy {
  // Apart, so that a text is never good in the place of the other: a session without its cookie, or a key as a cookie.
  readonly #sessions = new IdentityCache();
  readonly #keys = new IdentityCache();
  readonly #nobody: Identity | undefined;
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
    this.#nobody = config.required ? undefined : DEVELOPMENT;
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
   * Finds out who makes a request.
   *
   * @returns undefined for nobody; while `AUTH_REQUIRED` is false nobody is the development operator
   * @throws DatabaseUnavailableError when it has to be looked up and cannot be
   * @throws RateLimitedError for a key that has to be looked up, when its address has sent too many that do not exist
   */
  identify(request: Caller): Identity | undefined | Promise<Identity | undefined> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.byKey(authorization, request);
    const cookies = this.cookies.read(request);
    const [cookie] = cookies;
    if (cookie === undefined) return this.#nobody;
    if (cookies.length > 1) return this.bySeveral(cookies);
    const known = this.#sessions.recall(cookie);
    if (known !== undefined) return known ?? this.#nobody;
    return this.lookUp(cookie).then((found) => found ?? this.#nobody);
  }

  /** The first that counts, else the first that reads on: one that is over must not hide one that is not. */
  private async bySeveral(cookies: readonly string[]): Promise<Identity | undefined> {
    let reading: Identity | undefined;
    for (const cookie of cookies) {
      const known = this.#sessions.recall(cookie);
      const found = known === undefined ? await this.lookUp(cookie) : (known ?? undefined);
      if (found?.isReplaced === false) return found;
      reading ??= found;
    }
    return reading ?? this.#nobody;
  }

  private lookUp(cookie: string): Promise<Identity | undefined> {
    return this.#sessions.lookUp(cookie, () => this.run('session-cookie', this.cookies.carrying(cookie)));
  }

  private byKey(authorization: string, request: Caller): Identity | undefined | Promise<Identity | undefined> {
    // By the key, not by the header: each of the header's many spellings would be asked about and remembered apart.
    const key = bearerTokenOf(authorization);
    if (key === undefined) return this.#nobody;
    const known = this.#keys.recall(key);
    if (known !== undefined) return known ?? this.#nobody;
    if (!isApiKey(key)) return this.#nobody;
    const address = addressSubject(request.ip ?? '');
    // A key that was good a moment ago is asked about all the same: those who share an address do not answer for each other's guesses.
    const isGuess = this.limits.enabled && !this.#keys.wasKnown(key);
    if (isGuess && this.limiter.isExhausted(this.#unknownKeys, address)) return this.refuse(address);
    return this.#keys
      .lookUp(key, () => this.run('api-key', request))
      .then(async (found) => {
        // Anybody can make a text with a good checksum: asking for them must not be free.
        if (found === undefined && this.limits.enabled) await this.limiter.take(this.#unknownKeys, address);
        return found ?? this.#nobody;
      });
  }

  private async refuse(address: string): Promise<never> {
    throw new RateLimitedError(await this.limiter.take(this.#unknownKeys, address));
  }

  private run(strategy: 'session-cookie' | 'api-key', request: CookieSource): Promise<FoundIdentity | undefined> {
    return this.strategies.run<FoundIdentity>(strategy, request);
  }
}
