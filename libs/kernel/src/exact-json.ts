declare global {
  // Node 22 and newer have it; TypeScript does not declare it yet. See https://github.com/tc39/proposal-json-parse-with-source
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON?(value: unknown): boolean;
    parse(text: string, reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  }
}

/** A number that a double cannot hold, as its text in the JSON. `JSON.stringify` writes that text. */
export interface RawNumber {
  readonly rawJSON: string;
}

// A double keeps every number of up to 15 digits with an exponent of up to two digits. Digits in texts match too, which only costs time.
const MAY_BE_INEXACT = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

const KEEPS_RAW_NUMBERS = JSON.isRawJSON !== undefined;

/**
 * Reads JSON without rounding: where a double would change a number, a {@link RawNumber} stands in its place.
 *
 * @remarks `JSON.stringify` writes every number with its old value; `1.50` may become `1.5`. As quick as `JSON.parse`
 * unless the text holds a long row of digits. Node 20 lacks raw numbers and rounds; the apps run on Node 24.
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  if (!KEEPS_RAW_NUMBERS || !mayHoldInexactNumbers(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isExactNumber(source) ? JSON.rawJSON(source) : value,
  );
}

/** False when every number in a JSON text comes back from a double as it was. Costs little; true is only a suspicion. */
export function mayHoldInexactNumbers(text: string): boolean {
  return MAY_BE_INEXACT.test(text);
}

/** True when a JavaScript number, written out again, has exactly the value of this JSON number. */
export function isExactNumber(source: string): boolean {
  const value = Number(source);
  return Number.isFinite(value) && decimalOf(source) === decimalOf(String(value));
}

/** True for what {@link parseExactJson} puts in place of a number. */
export function isRawNumber(value: unknown): value is RawNumber {
  return JSON.isRawJSON?.(value) ?? false;
}

/** The digits without zeros around them, and the power of ten of the last one: equal for equal values of one sign. */
function decimalOf(source: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(source) ?? [];
  const digits = whole + fraction;
  let from = 0;
  while (digits[from] === '0') from += 1;
  let to = digits.length;
  while (to > from && digits[to - 1] === '0') to -= 1;
  return from === to ? '0' : `${digits.slice(from, to)}e${String(Number(exponent) - fraction.length + digits.length - to)}`;
}
