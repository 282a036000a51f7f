import { isRawNumber } from '#zakops/kernel';
import type { FieldError } from '#zakops/kernel';
import { escapePointer } from '../fields/json-pointer.js';

/** How deep objects and arrays of a body may be nested. */
export const MAX_DEPTH = 32;

const MAX_FAULTS = 20;

// With the u flag a pair is one character, so this finds halves only.
const LONE_SURROGATE = /\p{Surrogate}/u;

interface Visit {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * Finds what JSON can say and PostgreSQL cannot keep: NUL characters and lone surrogates in texts and names, numbers beyond a
 * double. Also numbers that JavaScript would round, where `parseExactJson` left them, too deep nesting, and the name `__proto__`.
 *
 * @returns at most 20 faults, with JSON pointers that start with `root`
 */
export function findUnstorable(body: unknown, root = ''): readonly FieldError[] {
  const faults: FieldError[] = [];
  // A stack of its own: recursion over a body of a million brackets would overflow.
  const open: Visit[] = [{ value: body, pointer: root, depth: 1 }];
  for (let visit = open.pop(); visit !== undefined && faults.length < MAX_FAULTS; visit = open.pop()) {
    const { value, pointer, depth } = visit;
    if (typeof value === 'string') faults.push(...textFaults(value, pointer));
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) faults.push({ pointer, detail: 'is beyond the range of numbers', code: 'OUT_OF_RANGE' });
    } else if (isRawNumber(value)) {
      const detail = 'has more digits than a number can keep; send fewer digits, or a text where one is allowed';
      faults.push({ pointer, detail, code: 'INEXACT_NUMBER' });
    } else if (typeof value === 'object' && value !== null) {
      if (depth > MAX_DEPTH) faults.push(tooDeep(pointer));
      else open.push(...membersOf(value, pointer, depth, faults));
    }
  }
  return faults;
}

function membersOf(value: object, pointer: string, depth: number, faults: FieldError[]): readonly Visit[] {
  return Object.entries(value)
    .reverse()
    .map(([name, member]: [string, unknown]) => {
      const at = `${pointer}/${escapePointer(name)}`;
      if (name === '__proto__') faults.push({ pointer: at, detail: 'is not a known field', code: 'UNKNOWN_FIELD' });
      faults.push(...textFaults(name, at));
      return { value: member, pointer: at, depth: depth + 1 };
    });
}

/** The fault of a value that is nested too deep. */
export function tooDeep(pointer: string): FieldError {
  return { pointer, detail: `is nested deeper than ${String(MAX_DEPTH)} levels`, code: 'TOO_DEEP' };
}

/** The faults of one text; the pointer is written without what it must not hold. */
export function textFaults(text: string, pointer: string): readonly FieldError[] {
  const shown = pointer.replace(/[\0\p{Surrogate}]/gu, '\uFFFD');
  if (text.includes('\0')) return [{ pointer: shown, detail: 'must not contain NUL characters', code: 'INVALID_CHARACTER' }];
  if (LONE_SURROGATE.test(text))
    return [{ pointer: shown, detail: 'must not contain half of a surrogate pair', code: 'INVALID_CHARACTER' }];
  return [];
}
