import { foldText } from '#zakops/kernel';

// Anywhere in a name, once everything but letters and digits is taken out: accessToken, x-api-key, PASSWORD_HASH.
const TELLING_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'authorization',
  'cookie',
  'credential',
  'apikey',
  'privatekey',
  'accesskey',
  'signingkey',
  'encryptionkey',
];

// As a word of its own: `key` and `signing_key`, but neither `monkey` nor `keyboard`.
const TELLING_WORDS = new Set(['key', 'keys', 'pwd', 'otp', 'pin', 'jwt', 'bearer']);

// What is known about a secret without being one: `api_key_id`, `token_expires_at`, `password_changed`.
const HARMLESS_ENDINGS = new Set(['id', 'ids', 'at', 'count', 'changed', 'required', 'prefix']);

const MAX_REMEMBERED = 2_000;
const remembered = new Map<string, boolean>();

/** True for the name of a member whose value may be a secret; also one with a list of them, or an object around one. */
export function isTellingName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  // Names can come from callers, and there is no end to them.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const telling = tells(name);
  remembered.set(name, telling);
  return telling;
}

function tells(name: string): boolean {
  // Letters of full width and the like count as those that they stand for.
  const words = foldText(name.normalize('NFKC').replace(/([a-z0-9])([A-Z])/g, '$1 $2'))
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const ending = words.at(-1);
  if (words.length > 1 && ending !== undefined && HARMLESS_ENDINGS.has(ending)) return false;
  const letters = words.join('');
  return words.some((word) => TELLING_WORDS.has(word)) || TELLING_PARTS.some((part) => letters.includes(part));
}
