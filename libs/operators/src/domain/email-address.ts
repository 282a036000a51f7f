import { foldText, toNfc } from '#zakops/kernel';
import { InvalidOperatorFieldError } from './operator.errors.js';

const LONGEST = 254;
const ADDRESS = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** The form of an e-mail address that is stored and shown. */
export function normaliseEmail(given: string): string {
  return toNfc(toNfc(given.trim()).toLowerCase());
}

/** The form of an e-mail address that is compared and counted. */
export function foldEmail(given: string): string {
  return foldText(given.trim());
}

/**
 * Normalises and checks the e-mail of a new operator. No mail is sent to it.
 *
 * @throws InvalidOperatorFieldError when it is not an address
 */
export function parseEmail(given: string): string {
  const email = normaliseEmail(given);
  if (Array.from(email).length > LONGEST || !ADDRESS.test(email))
    throw new InvalidOperatorFieldError('/email', 'must be an e-mail address', 'INVALID_FORMAT');
  return email;
}
