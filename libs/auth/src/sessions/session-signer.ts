import { Injectable } from '@nestjs/common';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthConfig } from '../auth.config.js';

const TOKEN_BYTES = 32;
const DIGEST_TEXT = 43;
const SIGNED_TEXT = DIGEST_TEXT + 1 + DIGEST_TEXT;

/** What a cookie is for. */
export type SignedUse = 'session' | 'device';

/** Makes and checks what a browser holds of a session: the signed token, and the token against forged requests. */
@Injectable()
export class SessionSigner {
  readonly #secrets: readonly [string, ...string[]];

  constructor(config: AuthConfig) {
    const [first, ...others] = config.sessionSecrets ?? [];
    // Only where nobody has to log in: such sessions end with the process.
    this.#secrets = [first ?? randomBytes(TOKEN_BYTES).toString('base64url'), ...others];
  }

  /** A new token of 256 random bits. */
  newToken(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url');
  }

  /** What is stored of a token. */
  hash(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }

  /** The value of a cookie: the token, and its signature by the first secret. */
  sign(token: string, use: SignedUse = 'session'): string {
    return `${token}.${mac(this.#secrets[0], use, token)}`;
  }

  /** The token of a cookie that one of the secrets has signed; undefined for any other text. */
  verify(signed: string, use: SignedUse = 'session'): string | undefined {
    if (signed.length !== SIGNED_TEXT || signed[DIGEST_TEXT] !== '.') return undefined;
    const token = signed.slice(0, DIGEST_TEXT);
    const signature = Buffer.from(signed.slice(DIGEST_TEXT + 1));
    // Every secret is tried, so that the time does not tell which one it was.
    let isGood = false;
    for (const secret of this.#secrets) isGood = equal(signature, Buffer.from(mac(secret, use, token))) || isGood;
    return isGood ? token : undefined;
  }

  /** The token that requests of a session have to carry against forgery: bound to it, so that one of another session is of no use. */
  csrfToken(token: string): string {
    return mac(this.#secrets[0], 'csrf', token);
  }

  /** What {@link csrfToken} gives now, and gave before the secrets were rotated. */
  csrfTokens(token: string): readonly Buffer[] {
    return this.#secrets.map((secret) => Buffer.from(mac(secret, 'csrf', token)));
  }
}

/** Two uses of a secret must never give the same text. */
function mac(secret: string, use: SignedUse | 'csrf', token: string): string {
  return createHmac('sha256', secret).update(`${use}.${token}`).digest('base64url');
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
