import { InvalidOperatorFieldError } from './operator.errors.js';

const LONGEST = 254;
const ADDRESS = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** The one spelling of an e-mail address, under which an operator is stored and found. */
export function normaliseEmail(given: string): string {
  return given.trim().normalize('NFC').toLowerCase();
}

/**
 * Takes the e-mail of a new operator. Whether mail arrives there is not known: nothing is sent to it.
 *
 * @throws InvalidOperatorFieldError when it is no address
 */
export function takeEmail(given: string): string {
  const email = normaliseEmail(given);
  if (email.length > LONGEST || !ADDRESS.test(email))
    throw new InvalidOperatorFieldError('/email', 'must be an e-mail address', 'INVALID_FORMAT');
  return email;
}
