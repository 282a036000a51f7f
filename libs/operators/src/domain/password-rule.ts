import { foldText, toNfc } from '#zakops/kernel';
import { WeakPasswordError } from './operator.errors.js';

/** Limits of a new password, in characters (code points) after normalisation. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

/** The operator of a password. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/**
 * Normalises a password to NFC, because the same key strokes give different code points on different systems. Not to NFKC, which would
 * replace letters by others (RFC 8265, OpaqueString).
 */
export function normalisePassword(given: string): string {
  return toNfc(given);
}

/**
 * Checks a new password.
 *
 * @param pointer - the JSON pointer of the field, for the error: `/password`
 * @returns the normalised password
 * @throws WeakPasswordError when it is too short or too long, or is the owner's name or e-mail
 */
export function parseNewPassword(given: string, owner: PasswordOwner, pointer: string): string {
  const password = normalisePassword(given);
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.min || length > PASSWORD_LENGTH.max) {
    const limits = `${String(PASSWORD_LENGTH.min)} to ${String(PASSWORD_LENGTH.max)}`;
    throw new WeakPasswordError(pointer, `must have ${limits} characters`, length < PASSWORD_LENGTH.min ? 'TOO_SHORT' : 'TOO_LONG');
  }
  const folded = fold(password);
  if ([owner.email, owner.email.split('@', 1)[0] ?? '', owner.name].some((known) => fold(known) === folded)) {
    throw new WeakPasswordError(pointer, 'must not be the name or the e-mail of the operator', 'TOO_SIMPLE');
  }
  return password;
}

function fold(text: string): string {
  return foldText(text).trim();
}
