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

/** Refuses requests that a foreign page made a browser send (cross-site request forgery). */
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
   * Checks source and CSRF token of a request with a session cookie, unless its method is safe.
   *
   * @param tokens - `X-CSRF-Token` must be one of these
   * @throws CsrfRejectedError
   */
  check(request: Request, tokens: readonly Buffer[]): void {
    if (SAFE_METHODS.has(request.method)) return;
    this.checkSource(request);
    const given = request.headers['x-csrf-token'];
    if (typeof given !== 'string' || !isOneOf(Buffer.from(given), tokens)) {
      throw new CsrfRejectedError(
        'A call with a session cookie that changes something must carry the CSRF token of the session as X-CSRF-Token.',
      );
    }
  }

  /**
   * Checks the source of a request, unless its method is safe; for calls without a session.
   *
   * @throws CsrfRejectedError
   */
  checkSource(request: Request): void {
    if (!SAFE_METHODS.has(request.method) && !this.isOwnSource(request)) {
      throw new CsrfRejectedError('A page of another site may not make this call.');
    }
  }

  private isOwnSource(request: Request): boolean {
    const { origin, referer, 'sec-fetch-site': site } = request.headers;
    // A sandboxed or redirected page sends `null`, which is refused as foreign.
    if (origin !== undefined) return this.isOwnOrigin(origin, request);
    if (typeof site === 'string') return site === 'same-origin' || site === 'none';
    if (referer !== undefined) return URL.canParse(referer) && this.isOwnOrigin(new URL(referer).origin, request);
    // Every browser sends one of the three headers. A request with none comes from a program, which no page can forge.
    return true;
  }

  private isOwnOrigin(origin: string, request: Request): boolean {
    if (this.#trusted.has(origin)) return true;
    const page = URL.canParse(origin) ? new URL(origin) : undefined;
    if (page?.origin !== origin || !isForHost(page, request.headers.host)) return false;
    // While cookies are for https only, a page over http is foreign, except on the machine of the caller.
    return page.protocol === 'https:' || !this.cookies.secure || isLoopback(page.hostname);
  }
}

/**
 * True when a page has the host of a request. Not by `X-Forwarded-Host`, because a page whose name was pointed to this machine can send
 * that header.
 */
function isForHost(page: URL, host: string | undefined): boolean {
  const authority = host === undefined ? undefined : parseAuthority(host);
  if (authority === undefined || (page.protocol !== 'https:' && page.protocol !== 'http:')) return false;
  const usual = page.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT;
  const own = parseAuthority(page.host);
  return own?.name === authority.name && (own.port ?? usual) === (authority.port ?? usual);
}

function isOneOf(given: Buffer, tokens: readonly Buffer[]): boolean {
  // All are compared, so that the time does not show which one matched.
  let found = false;
  for (const token of tokens) found = (token.length === given.length && timingSafeEqual(token, given)) || found;
  return found;
}
