import { InvalidOperatorFieldError } from './operator.errors.js';

/** The longest name, in characters. */
export const OPERATOR_NAME_LENGTH = 200;

/**
 * Trims and checks the name of an operator.
 *
 * @throws InvalidOperatorFieldError when it is blank or too long
 */
export function parseOperatorName(given: string): string {
  const name = given.trim();
  if (name !== '' && Array.from(name).length <= OPERATOR_NAME_LENGTH) return name;
  throw new InvalidOperatorFieldError(
    '/name',
    `must have 1 to ${String(OPERATOR_NAME_LENGTH)} characters`,
    name === '' ? 'TOO_SHORT' : 'TOO_LONG',
  );
}
