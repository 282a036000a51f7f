import { pbkdf2, timingSafeEqual } from 'node:crypto';

const ROUNDS = 100_000;
// Salt and hash as the original stored them in two columns: hexadecimal texts of 16 and 32 bytes.
const LEGACY = /^pbkdf2_sha256\$100000\$([0-9a-f]{32})\$([0-9a-f]{64})$/;

/**
 * Compares passwords with hashes of the original system, PBKDF2-HMAC-SHA256 with 100,000 rounds.
 *
 * @remarks The text is `pbkdf2_sha256$100000$<password_salt>$<password_hash>`, with the two columns of the original in lower case
 * hexadecimal. The salt is that text of 32 ASCII characters, not the bytes that it encodes. New hashes never have this form.
 */
export class LegacyPasswordVerifier {
  canRead(stored: string): boolean {
    return LEGACY.test(stored);
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const [, salt, hash] = LEGACY.exec(stored) ?? [];
    if (salt === undefined || hash === undefined) return false;
    const known = Buffer.from(hash, 'hex');
    const derived = await new Promise<Buffer>((resolve, reject) => {
      pbkdf2(password, salt, ROUNDS, known.length, 'sha256', (error, key) => {
        if (error === null) resolve(key);
        else reject(error);
      });
    });
    return timingSafeEqual(derived, known);
  }
}
