import { AuthConfig } from '#zakops/auth';
import { Injectable } from '@nestjs/common';
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const MARK_BYTES = 9;
/** Derives a key that differs from every other use of the secret. */
const USE = 'zakops unknown login name';

/**
 * Replaces an e-mail that no operator has by a mark, because people type passwords into the field of the e-mail.
 *
 * @remarks The mark is a keyed hash: a name has the same mark in every process with the same `SESSION_SECRET`, and guesses cannot be tested
 * against the mark without the secret. Without `SESSION_SECRET` the key lasts as long as the process.
 */
@Injectable()
export class UnknownNames {
  readonly #key: Buffer;

  constructor({ sessionSecrets }: AuthConfig) {
    const secret = sessionSecrets?.[0] ?? randomBytes(KEY_BYTES);
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', USE, KEY_BYTES));
  }

  /** `unknown:` and twelve characters. */
  mark(name: string): string {
    return `unknown:${createHmac('sha256', this.#key).update(name).digest().subarray(0, MARK_BYTES).toString('base64url')}`;
  }
}
