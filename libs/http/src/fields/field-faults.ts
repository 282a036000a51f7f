import type { ValidationError } from '@nestjs/common';
import type { Fault } from './value-rule.js';

/** The constraint under which our fields report to class-validator; its message is a JSON array of {@link Fault}. */
export const FIELD_CONSTRAINT = 'field';

/**
 * Flattens class-validator's tree into faults with JSON pointers.
 *
 * @param prefix - pointer of the object that was validated, empty for the body
 */
export function flattenErrors(errors: readonly ValidationError[], prefix = ''): readonly Fault[] {
  return errors.flatMap((error) => {
    const at = `${prefix}/${escapePointer(error.property)}`;
    const own = ownFaults(error.constraints ?? {}, at);
    // A field of the wrong kind has no children worth naming.
    return own.length > 0 ? own : flattenErrors(error.children ?? [], at);
  });
}

/** Escapes one member name for a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function ownFaults(constraints: Readonly<Record<string, string>>, at: string): readonly Fault[] {
  const ours = constraints[FIELD_CONSTRAINT];
  if (ours !== undefined) return (JSON.parse(ours) as Fault[]).map((found) => ({ ...found, at: at + found.at }));
  // Decorators of class-validator itself: their name is the code.
  return Object.entries(constraints).map(([name, message]) => ({
    code: name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase(),
    detail: message,
    at,
  }));
}
