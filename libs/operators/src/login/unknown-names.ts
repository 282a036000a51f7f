import { AuthConfig } from '#zakops/auth';
import { Injectable } from '@nestjs/common';
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const MARK_BYTES = 9;
/** Sets the derived key apart from every other use of the same secret. */
const USE = 'zakops unknown login name';

/**
 * Writes a mark in place of a name that no operator has, because people type their password into the field of the e-mail.
 *
 * @remarks The mark is a keyed hash: the same name has the same mark in every process with the same `SESSION_SECRET`, and nobody without the
 * secret can try names or passwords against it. Without a secret, where nobody has to log in, marks last as long as the process.
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
