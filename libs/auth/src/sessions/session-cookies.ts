import { RuntimeConfig } from '#zakops/config';
import { Injectable } from '@nestjs/common';
import { stringifySetCookie } from 'cookie';
import { AuthConfig, hasSecureCookies } from '../auth.config.js';
import { cookieValues } from './cookie-values.js';
import { SessionSigner } from './session-signer.js';
import type { OpenedSession } from './session.js';

/** A bound, because each may cost a query. */
const MAX_SESSIONS = 4;

/** The part of a request that has cookies. */
export interface CookieSource {
  readonly headers: { readonly cookie?: string | undefined };
}

/** The part of a response that takes cookies. */
export interface CookieTarget {
  appendHeader(name: string, value: string): unknown;
}

/** Writes and reads the two cookies of a session: its token, and the CSRF token, which scripts may read. */
@Injectable()
export class SessionCookies {
  /** Whether cookies are for https only. */
  readonly secure: boolean;
  readonly #session: string;
  readonly #csrf: string;
  readonly #sameSite: 'strict' | 'lax';

  constructor(
    config: AuthConfig,
    runtime: RuntimeConfig,
    private readonly signer: SessionSigner,
  ) {
    this.secure = hasSecureCookies(config, runtime);
    // Browsers accept a cookie with this prefix only over https, and only from this host.
    const prefix = this.secure ? '__Host-' : '';
    this.#session = `${prefix}zakops_session`;
    this.#csrf = `${prefix}zakops_csrf`;
    this.#sameSite = config.cookieSameSite;
  }

  /**
   * Sets the cookies of a session.
   *
   * @returns the CSRF token, which is also in the readable cookie
   */
  write(response: CookieTarget, { session, token }: OpenedSession): string {
    const csrfToken = this.csrfTokenOf(token);
    // Both by the clock of the database.
    const seconds = Math.round((session.expiresAt.getTime() - session.createdAt.getTime()) / 1_000);
    this.set(response, this.#session, token, true, seconds);
    this.set(response, this.#csrf, csrfToken, false, seconds);
    return csrfToken;
  }

  /** Removes the cookies of a session. */
  clear(response: CookieTarget): void {
    this.set(response, this.#session, '', true, 0);
    this.set(response, this.#csrf, '', false, 0);
  }

  /**
   * The session cookies of a request. A single one is not verified; of several, at most four signed ones are given.
   */
  read(request: CookieSource): readonly string[] {
    const values = cookieValues(request.headers.cookie, this.#session);
    return values.length < 2 ? values : values.filter((value) => this.signer.verify(value) !== undefined).slice(0, MAX_SESSIONS);
  }

  /** A request with one session cookie, for a strategy. */
  carrying(value: string): CookieSource {
    return { headers: { cookie: `${this.#session}=${value}` } };
  }

  private csrfTokenOf(signed: string): string {
    const token = this.signer.verify(signed);
    if (token === undefined) throw new Error('A session was opened with a token that is not signed.');
    return this.signer.csrfToken(token);
  }

  private set(response: CookieTarget, name: string, value: string, httpOnly: boolean, maxAge: number): void {
    response.appendHeader(
      'Set-Cookie',
      stringifySetCookie({ name, value, httpOnly, maxAge, path: '/', secure: this.secure, sameSite: this.#sameSite }),
    );
  }
}
