import { isExactNumber } from '#zakops/kernel';
import { fault, NO_FAULTS } from './value-rule.js';
import type { ValueRule } from './value-rule.js';

const DEFAULT_MAX_LENGTH = 10_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Marks a schema without a type: swagger would write the type of the class member, so the document is cleaned of it afterwards. */
export const ANY_JSON = 'x-any-json';

/** Limits of a text. Lengths count characters (code points) of the composed text, as PostgreSQL and JSON Schema do. */
export interface StringLimits {
  /** Default 0. */
  readonly min?: number;
  /** Default 10,000. */
  readonly max?: number;
  readonly pattern?: RegExp;
  /** How to say what the pattern asks for, for example `must look like DEAL-000001`. */
  readonly patternHint?: string;
  /** Refuses a text of white space only. */
  readonly notBlank?: boolean;
  /** A `password` is left as it was typed. */
  readonly format?: string;
}

/** Inclusive limits of a number. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
}

/** A text. */
export function stringRule(limits: StringLimits = {}): ValueRule {
  const { min = limits.notBlank === true ? 1 : 0, max = DEFAULT_MAX_LENGTH, pattern, patternHint, notBlank, format } = limits;
  return {
    schema: {
      type: 'string',
      ...(min > 0 ? { minLength: min } : {}),
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
      ...(format === undefined ? {} : { format }),
    },
    faults(value) {
      if (typeof value !== 'string') return fault('INVALID_TYPE', 'must be a text');
      const length = value.length <= max ? value.length : Array.from(value).length;
      if (length > max) return fault('TOO_LONG', `must have at most ${String(max)} characters`);
      if (length < min) return fault('TOO_SHORT', `must have at least ${String(min)} character${min === 1 ? '' : 's'}`);
      if (notBlank === true && value.trim() === '') return fault('TOO_SHORT', 'must not be blank');
      if (pattern !== undefined && !pattern.test(value)) {
        return fault('INVALID_FORMAT', patternHint ?? `must match ${pattern.source}`);
      }
      return NO_FAULTS;
    },
    fromText: (text) => text,
    asTyped: format === 'password',
  };
}

function range({ min, max }: NumberLimits): string {
  if (min !== undefined && max !== undefined) return ` from ${String(min)} to ${String(max)}`;
  if (min !== undefined) return ` of at least ${String(min)}`;
  return max === undefined ? '' : ` of at most ${String(max)}`;
}

function outside(value: number, { min, max }: NumberLimits): boolean {
  return (min !== undefined && value < min) || (max !== undefined && value > max);
}

function bounds({ min, max }: NumberLimits): Record<string, number> {
  return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
}

/** A whole number that a double holds exactly. */
export function integerRule(limits: NumberLimits = {}): ValueRule {
  const sentence = `must be a whole number${range(limits)}`;
  return {
    schema: { type: 'integer', ...bounds(limits) },
    faults(value) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return fault('INVALID_TYPE', sentence);
      return outside(value, limits) ? fault('OUT_OF_RANGE', sentence) : NO_FAULTS;
    },
    fromText: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  };
}

/** A finite number. */
export function numberRule(limits: NumberLimits = {}): ValueRule {
  const sentence = `must be a number${range(limits)}`;
  return {
    schema: { type: 'number', ...bounds(limits) },
    faults(value) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return fault('INVALID_TYPE', sentence);
      return outside(value, limits) ? fault('OUT_OF_RANGE', sentence) : NO_FAULTS;
    },
    fromText: (text) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) && isExactNumber(text) ? Number(text) : text),
  };
}

/** True or false; `true` and `false` in a query. */
export function booleanRule(): ValueRule {
  return {
    schema: { type: 'boolean' },
    faults: (value) => (typeof value === 'boolean' ? NO_FAULTS : fault('INVALID_TYPE', 'must be true or false')),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  };
}

/** One of a few words; `name` is the component schema that OpenAPI shows. */
export function enumRule(values: readonly string[], name: string): ValueRule {
  return {
    schema: { enum: [...values], enumName: name },
    faults(value) {
      if (typeof value === 'string' && values.includes(value)) return NO_FAULTS;
      return fault('NOT_ALLOWED', `must be one of ${values.join(', ')}`);
    },
    fromText: (text) => text,
  };
}

/** A UUID of any version. */
export function uuidRule(): ValueRule {
  return {
    schema: { type: 'string', format: 'uuid' },
    faults: (value) => (typeof value === 'string' && UUID.test(value) ? NO_FAULTS : fault('INVALID_FORMAT', 'must be a UUID')),
    fromText: (text) => text,
  };
}

function isRealDay(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  // Day 0 of the next month is the last of this one. The calendar repeats every 400 years, and Date.UTC misreads years below 100.
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** An ISO 8601 instant with a zone, years 0001 to 9999. */
export function instantRule(): ValueRule {
  return {
    schema: { type: 'string', format: 'date-time' },
    faults(value) {
      if (typeof value === 'string' && isRealDay(INSTANT.exec(value))) return NO_FAULTS;
      return fault('INVALID_FORMAT', 'must be an ISO 8601 instant with a zone, for example 2026-01-31T12:00:00Z');
    },
    // A plus sign that was not percent-encoded arrives as a blank.
    fromText: (text) => text.replace(/ (?=\d{2}:\d{2}$)/, '+'),
  };
}

/** A calendar day, `YYYY-MM-DD`. */
export function dateRule(): ValueRule {
  return {
    schema: { type: 'string', format: 'date' },
    faults(value) {
      if (typeof value === 'string' && isRealDay(DATE.exec(value))) return NO_FAULTS;
      return fault('INVALID_FORMAT', 'must be a day, for example 2026-01-31');
    },
    fromText: (text) => text,
  };
}

/** Any JSON value but null. */
export function jsonRule(): ValueRule {
  return { schema: { [ANY_JSON]: true }, faults: () => NO_FAULTS };
}

/** True for {@link jsonRule}. */
export function isAnyJson(rule: ValueRule): boolean {
  return ANY_JSON in rule.schema;
}
