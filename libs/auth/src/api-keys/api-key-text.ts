import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The prefix of every key, for people and for scanners that look for leaked keys. */
const MARK = 'zko_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// 62^30 is more than 178 bits.
const RANDOM_CHARACTERS = 30;
const CHECKSUM_CHARACTERS = 6;
const LENGTH = MARK.length + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS;
const SHOWN_CHARACTERS = 8;
// The largest multiple of 62 up to 256. Bytes from it on are skipped, so that all characters are equally likely.
const UNBIASED = 248;

/** A new key: `zko_`, 30 random characters, 6 characters of checksum. */
export function newApiKey(): string {
  let text = MARK;
  while (text.length < MARK.length + RANDOM_CHARACTERS) {
    for (const byte of randomBytes(RANDOM_CHARACTERS)) {
      if (byte < UNBIASED && text.length < MARK.length + RANDOM_CHARACTERS) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text + checksumOf(text);
}

/** True for a text with the form and the checksum of a key. Other texts need no query. */
export function isApiKey(text: string): boolean {
  return text.length === LENGTH && text.startsWith(MARK) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_CHARACTERS)));
}

/** The hash of a key, which is stored instead of it. A random key needs no slow hash. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The first characters of a key, for recognising it. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, MARK.length + SHOWN_CHARACTERS);
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_CHARACTERS; place += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
