import { instantRule, stringRule, uuidRule } from '../fields/rules.js';
import type { ValueRule } from '../fields/value-rule.js';

const anInstant = instantRule();
const exactForm = stringRule({ pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/ });

/** What the members of a cursor's key may be: each of these forms is one that PostgreSQL reads without an error. */
export const CURSOR_RULES = {
  /** Fits a bigint. */
  wholeNumber: stringRule({ pattern: /^-?\d{1,18}$/ }),
  /** A number from 0 to 1 as JavaScript writes it. */
  fraction: stringRule({ pattern: /^(?:0|1|0\.\d{1,24}|[1-9](?:\.\d{1,20})?e-(?:[1-9]\d?|[12]\d\d))$/ }),
  /** Numbers that fit a bigint, at most 32, separated by commas; or nothing. */
  wholeNumbers: stringRule({ pattern: /^(?:\d{1,18}(?:,\d{1,18}){0,31})?$/ }),
  uuid: uuidRule(),
  /** A key that is a text: what the database can hold, without control characters. */
  textId: stringRule({ min: 1, max: 200, pattern: /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u, patternHint: 'must be an id' }),
  /** UTC with microseconds, as the readers of lists write it. Other forms, zones among them, are none that a list makes. */
  instant: { ...anInstant, faults: (value) => [...anInstant.faults(value), ...exactForm.faults(value)] },
} as const satisfies Record<string, ValueRule>;
