import { isRawNumber } from '#zakops/kernel';
import type { RawNumber } from '#zakops/kernel';
import { isSecretName } from './secret-names.js';

/** Replaces a value that may be a secret. */
export const REDACTED = '[redacted]';

const MAX_TEXT = 2_000;
const MAX_ITEMS = 200;
const MAX_DEPTH = 10;
/** The most characters of texts and names in one `before`, `after` or `details`. */
const MAX_TOTAL = 16_000;

// API keys have a prefix, so that they are found in free texts too.
const API_KEY_START = 'zko_';
const API_KEY = /zko_[A-Za-z0-9_-]+/g;

// With the u flag a pair is one character, so this matches lone surrogates only.
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The characters that are left. */
interface Budget {
  left: number;
}

/**
 * Redacts members with the name of a secret, and API keys in texts, at any depth. Cuts values that are too long, too deep or too many, and
 * marks the cut.
 *
 * @returns JSON that PostgreSQL can store, without NUL characters and lone surrogates
 */
export function redactedJson(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(clean(value, 0, { left: MAX_TOTAL }));
}

/** A text that PostgreSQL can store, cut after `max` characters with a mark. */
export function boundedText(text: string, max: number): string {
  const shown = (text.length <= max ? text : text.slice(0, max)).replace(LONE_SURROGATE, '\uFFFD').replaceAll('\0', '\uFFFD');
  return text.length <= max ? shown : `${shown}…[truncated, ${String(text.length)} characters]`;
}

/** As {@link boundedText}, with API keys redacted. */
export function redactedText(text: string, max: number): string {
  return boundedText(withoutKeys(text), max);
}

/** Redacts whole and cut keys. */
function withoutKeys(text: string): string {
  return text.includes(API_KEY_START) ? text.replace(API_KEY, REDACTED) : text;
}

function clean(value: unknown, depth: number, budget: Budget): unknown {
  switch (typeof value) {
    case 'string':
      return cleanText(value, budget);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : cleanObject(value, depth, budget);
    case 'boolean':
      return value;
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function cleanText(text: string, budget: Budget): string {
  if (budget.left <= 0) return '[truncated]';
  const shown = boundedText(text, Math.min(MAX_TEXT, budget.left));
  budget.left -= shown.length;
  return withoutKeys(shown);
}

function cleanObject(value: object, depth: number, budget: Budget): unknown {
  if (isRawNumber(value)) return cleanRawNumber(value, budget);
  if ('toJSON' in value && typeof value.toJSON === 'function') return clean((value.toJSON as () => unknown)(), depth, budget);
  if (depth >= MAX_DEPTH || budget.left <= 0) return '[truncated]';
  if (Array.isArray(value)) return cleanItems(value, depth, budget);
  // Without a prototype, so that a member called __proto__ is a member.
  const result = Object.create(null) as Record<string, unknown>;
  const names = Object.keys(value);
  for (const name of names.slice(0, MAX_ITEMS)) {
    budget.left -= name.length + 1;
    if (budget.left <= 0) break;
    const member = (value as Record<string, unknown>)[name];
    result[boundedText(name, MAX_TEXT)] = member !== null && isSecretName(name) ? REDACTED : clean(member, depth + 1, budget);
  }
  if (names.length > MAX_ITEMS || budget.left <= 0) result['[truncated]'] = `${String(names.length)} members`;
  return result;
}

/** A number with too many digits becomes a text, which is cut. */
function cleanRawNumber(value: RawNumber, budget: Budget): unknown {
  const { length } = value.rawJSON;
  if (length > Math.min(MAX_TEXT, budget.left)) return cleanText(value.rawJSON, budget);
  budget.left -= length;
  return value;
}

function cleanItems(items: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const result: unknown[] = [];
  for (const item of items.slice(0, MAX_ITEMS)) {
    budget.left -= 1;
    if (budget.left <= 0) break;
    result.push(clean(item, depth + 1, budget));
  }
  if (result.length < items.length) result.push(`[truncated, ${String(items.length)} items]`);
  return result;
}
