import { HttpConfig, isLoopback, parseAuthority } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { timingSafeEqual } from 'node:crypto';
import { CsrfRejectedError } from '../auth.errors.js';
import { SessionCookies } from '../sessions/session-cookies.js';

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/** Tells requests that a page of ours made from those that a foreign page had a browser make with its visitor's session. */
@Injectable()
export class CsrfCheck {
  readonly #trusted: ReadonlySet<string>;

  constructor(
    http: HttpConfig,
    private readonly cookies: SessionCookies,
  ) {
    this.#trusted = new Set(http.corsOrigins);
  }

  /**
   * Checks a request that came with a session cookie, when it may change something: where it came from, and that it carries the token of
   * its session.
   *
   * @param tokens - one of which must be in `X-CSRF-Token`
   * @throws CsrfRejectedError
   */
  check(request: Request, tokens: readonly Buffer[]): void {
    if (SAFE_METHODS.has(request.method)) return;
    this.checkSource(request);
    const given = request.headers['x-csrf-token'];
    if (typeof given !== 'string' || !isOneOf(Buffer.from(given), tokens)) {
      throw new CsrfRejectedError('A call that changes something with a session cookie needs the token of the session as X-CSRF-Token.');
    }
  }

  /**
   * Checks where a request came from, when it may change something; for calls that come before there is a session.
   *
   * @throws CsrfRejectedError
   */
  checkSource(request: Request): void {
    if (!SAFE_METHODS.has(request.method) && !this.isFromUs(request)) {
      throw new CsrfRejectedError('A page of another site may not make this call.');
    }
  }

  private isFromUs(request: Request): boolean {
    const { origin, referer, 'sec-fetch-site': site } = request.headers;
    // `null` is what a sandboxed or redirected page sends: it names nobody, so it is nobody of ours.
    if (origin !== undefined) return this.isOurs(origin, request);
    if (typeof site === 'string') return site === 'same-origin' || site === 'none';
    if (referer !== undefined) return URL.canParse(referer) && this.isOurs(new URL(referer).origin, request);
    // Every browser sends one of the three with such a request. Who sends none is a program that was given the cookie on purpose, and no
    // page can use a program; it knows the token as well, or the check that follows refuses it.
    return true;
  }

  private isOurs(origin: string, request: Request): boolean {
    if (this.#trusted.has(origin)) return true;
    const page = URL.canParse(origin) ? new URL(origin) : undefined;
    if (page?.origin !== origin || !isForHost(page, request.headers.host)) return false;
    // With cookies for https only a page that came without it is not ours, except where developers look at their own machine.
    return page.protocol === 'https:' || !this.cookies.secure || isLoopback(page.hostname);
  }
}

/**
 * True when a page is of the host that a request is for. Not by `X-Forwarded-Host`: a page under a name that was pointed to this machine
 * can send it.
 */
function isForHost(page: URL, host: string | undefined): boolean {
  const authority = host === undefined ? undefined : parseAuthority(host);
  if (authority === undefined || (page.protocol !== 'https:' && page.protocol !== 'http:')) return false;
  const usual = page.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT;
  const own = parseAuthority(page.host);
  return own?.name === authority.name && (own.port ?? usual) === (authority.port ?? usual);
}

function isOneOf(given: Buffer, tokens: readonly Buffer[]): boolean {
  // All are compared, so that the time tells nothing.
  let found = false;
  for (const token of tokens) found = (token.length === given.length && timingSafeEqual(token, given)) || found;
  return found;
}
