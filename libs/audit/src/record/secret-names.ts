import { foldText } from '#zakops/kernel';

// Matched anywhere in the letters and digits of a name: accessToken, x-api-key, PASSWORD_HASH.
const SECRET_PARTS = [
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

// Matched as whole words: `key` and `signing_key`, but neither `monkey` nor `keyboard`.
const SECRET_WORDS = new Set(['key', 'keys', 'pwd', 'otp', 'pin', 'jwt', 'bearer']);

// Not secret themselves: `api_key_id`, `token_expires_at`, `password_changed`.
const HARMLESS_ENDINGS = new Set(['id', 'ids', 'at', 'count', 'changed', 'required', 'prefix']);

const MAX_REMEMBERED = 2_000;
const remembered = new Map<string, boolean>();

/** True for the name of a member whose value may be a secret, or hold secrets. */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  // Names may come from clients, so their number has no bound.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const isSecret = judge(name);
  remembered.set(name, isSecret);
  return isSecret;
}

function judge(name: string): boolean {
  // NFKC replaces full-width letters and the like.
  const words = foldText(name.normalize('NFKC').replace(/([a-z0-9])([A-Z])/g, '$1 $2'))
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const ending = words.at(-1);
  if (words.length > 1 && ending !== undefined && HARMLESS_ENDINGS.has(ending)) return false;
  const letters = words.join('');
  return words.some((word) => SECRET_WORDS.has(word)) || SECRET_PARTS.some((part) => letters.includes(part));
}
