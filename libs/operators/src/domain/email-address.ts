import { foldText, toNfc } from '#zakops/kernel';
import { InvalidOperatorFieldError } from './operator.errors.js';

const LONGEST = 254;
const ADDRESS = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** The spelling of an e-mail address that is kept and shown. */
export function normaliseEmail(given: string): string {
  return toNfc(toNfc(given.trim()).toLowerCase());
}

/** What two spellings of one e-mail address have in common; what it counts under. */
export function foldEmail(given: string): string {
  return foldText(given.trim());
}

/**
 * Takes the e-mail of a new operator. Whether mail arrives there is not known: nothing is sent to it.
 *
 * @throws InvalidOperatorFieldError when it is no address
 */
export function takeEmail(given: string): string {
  const email = normaliseEmail(given);
  if (Array.from(email).length > LONGEST || !ADDRESS.test(email))
    throw new InvalidOperatorFieldError('/email', 'must be an e-mail address', 'INVALID_FORMAT');
  return email;
}
