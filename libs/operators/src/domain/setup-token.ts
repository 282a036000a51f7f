import { createHash, randomBytes } from 'node:crypto';

/** How long a setup token is valid. */
export const SETUP_TOKEN_HOURS = 72;

const PREFIX = 'zks_';
const TOKEN_BYTES = 32;

/** Longer texts are refused without a query. */
export const SETUP_TOKEN_MAX_LENGTH = 100;

/** A new setup token. It is shown once, and only its hash is stored. */
export function newSetupToken(): string {
  return `${PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** The hash of a token, which is stored instead of it. 256 random bits need neither salt nor a slow hash. */
export function setupTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
