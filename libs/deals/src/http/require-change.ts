import { InputError } from '#zakops/http';

/**
 * Makes sure that a change names a field.
 *
 * @throws InputError when it names no field at all
 */
export function requireChange(request: object): void {
  if (Object.values(request).every((value) => value === undefined)) {
    throw new InputError([{ pointer: '', detail: 'The body must name at least one field to change', code: 'EMPTY' }]);
  }
}
