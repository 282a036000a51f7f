import { Injectable } from '@nestjs/common';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthConfig } from '../auth.config.js';

const TOKEN_BYTES = 32;
const DIGEST_TEXT = 43;
const SIGNED_TEXT = DIGEST_TEXT + 1 + DIGEST_TEXT;

/** The use of a signed cookie. */
export type SignedUse = 'session' | 'device';

/** Signs and verifies cookies, and derives CSRF tokens. */
@Injectable()
export class SessionSigner {
  readonly #secrets: readonly [string, ...string[]];

  constructor(config: AuthConfig) {
    const [first, ...others] = config.sessionSecrets ?? [];
    // Without a secret nobody has to log in; sessions end with the process then.
    this.#secrets = [first ?? randomBytes(TOKEN_BYTES).toString('base64url'), ...others];
  }

  /** A new token of 256 random bits. */
  newToken(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url');
  }

  /** The hash of a token, which is stored instead of it. */
  hash(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }

  /** The value of a cookie: the token and its signature by the first secret. */
  sign(token: string, use: SignedUse = 'session'): string {
    return `${token}.${mac(this.#secrets[0], use, token)}`;
  }

  /** The token of a cookie that one of the secrets signed; undefined for any other text. */
  verify(signed: string, use: SignedUse = 'session'): string | undefined {
    if (signed.length !== SIGNED_TEXT || signed[DIGEST_TEXT] !== '.') return undefined;
    const token = signed.slice(0, DIGEST_TEXT);
    const signature = Buffer.from(signed.slice(DIGEST_TEXT + 1));
    // Every secret is tried, so that the time does not show which one matched.
    let isGood = false;
    for (const secret of this.#secrets) isGood = equal(signature, Buffer.from(mac(secret, use, token))) || isGood;
    return isGood ? token : undefined;
  }

  /** The CSRF token of a session. It is derived from the session, so that the token of another session is refused. */
  csrfToken(token: string): string {
    return mac(this.#secrets[0], 'csrf', token);
  }

  /** The CSRF tokens of a session by every secret, of which {@link csrfToken} is the first. */
  csrfTokens(token: string): readonly Buffer[] {
    return this.#secrets.map((secret) => Buffer.from(mac(secret, 'csrf', token)));
  }
}

/** The use is part of the text, so that a signature for one use is refused for another. */
function mac(secret: string, use: SignedUse | 'csrf', token: string): string {
  return createHmac('sha256', secret).update(`${use}.${token}`).digest('base64url');
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
