import { createHash, randomBytes } from 'node:crypto';

/** How long an invitation or a reset can be used. */
export const SETUP_TOKEN_HOURS = 72;

const PREFIX = 'zks_';
const TOKEN_BYTES = 32;

/** The longest text that is worth looking at. */
export const SETUP_TOKEN_MAX_LENGTH = 100;

/** Makes a token with which somebody sets the first or a new password, once. It is shown once; only its hash is stored. */
export function newSetupToken(): string {
  return `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** What is stored of a token. No salt and no slow hash: it is 256 bits of chance, which nobody can guess. */
export function setupTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
