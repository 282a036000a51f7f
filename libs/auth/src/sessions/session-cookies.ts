import { RuntimeConfig } from '#zakops/config';
import { Injectable } from '@nestjs/common';
import { stringifySetCookie } from 'cookie';
import { AuthConfig, hasSecureCookies } from '../auth.config.js';
import { cookieValues } from './cookie-values.js';
import { SessionSigner } from './session-signer.js';
import type { OpenedSession } from './session.js';

/** Each may cost a query. */
const MOST_SESSIONS = 4;

/** The part of a request that has cookies. */
export interface CookieSource {
  readonly headers: { readonly cookie?: string | undefined };
}

/** The part of a response that takes cookies. */
interface CookieTarget {
  appendHeader(name: string, value: string): unknown;
}

/** Writes and reads the two cookies of a session: the session itself, and the readable token that its requests send back in a header. */
@Injectable()
export class SessionCookies {
  /** False only where this runs without https. */
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
    // The prefix makes browsers refuse a cookie of this name that came without https, or from a neighbouring host.
    const prefix = this.secure ? '__Host-' : '';
    this.#session = `${prefix}zakops_session`;
    this.#csrf = `${prefix}zakops_csrf`;
    this.#sameSite = config.cookieSameSite;
  }

  /**
   * Gives the browser a session.
   *
   * @returns the token that its requests have to send as `X-CSRF-Token`, which is also in the readable cookie
   */
  write(response: CookieTarget, { session, token }: OpenedSession): string {
    const csrfToken = this.csrfTokenOf(token);
    // Both by the clock of the database.
    const seconds = Math.round((session.expiresAt.getTime() - session.createdAt.getTime()) / 1_000);
    this.set(response, this.#session, token, true, seconds);
    this.set(response, this.#csrf, csrfToken, false, seconds);
    return csrfToken;
  }

  /** Takes the session away from the browser. */
  clear(response: CookieTarget): void {
    this.set(response, this.#session, '', true, 0);
    this.set(response, this.#csrf, '', false, 0);
  }

  /**
   * The values of the session cookies that a request carries. A single one is not yet checked.
   *
   * @remarks Of several, those that are signed are given, at most four.
   */
  read(request: CookieSource): readonly string[] {
    const values = cookieValues(request.headers.cookie, this.#session);
    return values.length < 2 ? values : values.filter((value) => this.signer.verify(value) !== undefined).slice(0, MOST_SESSIONS);
  }

  /** A request that carries a single session cookie. */
  carrying(value: string): CookieSource {
    return { headers: { cookie: `${this.#session}=${value}` } };
  }

  private csrfTokenOf(signed: string): string {
    const token = this.signer.verify(signed);
    if (token === undefined) throw new Error('A session was opened with a token that nobody signed.');
    return this.signer.csrfToken(token);
  }

  private set(response: CookieTarget, name: string, value: string, httpOnly: boolean, maxAge: number): void {
    response.appendHeader(
      'Set-Cookie',
      stringifySetCookie({ name, value, httpOnly, maxAge, path: '/', secure: this.secure, sameSite: this.#sameSite }),
    );
  }
}
