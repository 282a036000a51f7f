import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What every key begins with: for people, and for scanners that look for leaked ones. */
const MARK = 'zko_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// 62^30 is more than 178 bits.
const RANDOM_CHARACTERS = 30;
const CHECKSUM_CHARACTERS = 6;
const LENGTH = MARK.length + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS;
const SHOWN_CHARACTERS = 8;
// The largest multiple of 62 that a byte can be below: what lies above would make some characters likelier than others.
const UNBIASED = 248;

/** Makes a key: `zko_`, 30 random characters, 6 of a checksum. */
export function newApiKey(): string {
  let text = MARK;
  while (text.length < MARK.length + RANDOM_CHARACTERS) {
    for (const byte of randomBytes(RANDOM_CHARACTERS)) {
      if (byte < UNBIASED && text.length < MARK.length + RANDOM_CHARACTERS) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text + checksumOf(text);
}

/** True for a text that has the form and the checksum of a key: anything else need not be looked up. */
export function isApiKey(text: string): boolean {
  return text.length === LENGTH && text.startsWith(MARK) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_CHARACTERS)));
}

/** What is stored of a key. Its randomness makes a slow hash needless. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The part that is shown, to recognise it by. */
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
