import { InputError } from '#zakops/http';
import type { FieldError } from '#zakops/kernel';
import { ACTION_STATUSES_OF_DASHBOARD, STAGES_OF_DASHBOARD } from './vocabularies.js';

const STAGE_KEYS: ReadonlySet<string> = new Set(['stage', 'new_stage', 'to_stage']);
const MONEY_KEYS: ReadonlySet<string> = new Set(['asking_price', 'ebitda', 'revenue']);
const CURRENCY = 'USD';
/** Above it a number cannot hold every cent. */
const MAX_AMOUNT = 90_000_000_000_000;

/** Parameters that the dashboard sends with a stream and that choose nothing here. */
const IGNORED_PARAMETERS: readonly string[] = ['user_id', 'thread_id', 'run_id'];

/** A stage by a word of the dashboard; a text that is none stays, and is judged as always. */
export function fromDashboardStage(word: string): string {
  return Object.hasOwn(STAGES_OF_DASHBOARD, word) ? (STAGES_OF_DASHBOARD[word] ?? word) : word;
}

/** The parameters of a request in the usual words. @param isStream - whether those of the dashboard's stream are among them */
export function fromDashboardQuery(query: URLSearchParams, isStream: boolean): URLSearchParams {
  const usual = new URLSearchParams();
  for (const [name, value] of query) {
    if (name === 'vocabulary' || (isStream && IGNORED_PARAMETERS.includes(name))) continue;
    if (STAGE_KEYS.has(name)) usual.append(name, fromDashboardStage(value));
    else if (name === 'status') usual.append(name, ACTION_STATUSES_OF_DASHBOARD[value] ?? value);
    else usual.append(isStream && name === 'event_types' ? 'types' : name, value);
  }
  return usual;
}

/**
 * A body in the usual words.
 *
 * @throws InputError for an amount that is no exact money
 */
export function fromDashboardBody(body: unknown): unknown {
  const faults: FieldError[] = [];
  const usual = convert(body, '', faults);
  if (faults.length > 0) throw new InputError(faults);
  return usual;
}

function convert(value: unknown, at: string, faults: FieldError[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => convert(item, `${at}/${String(index)}`, faults));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const pointer = `${at}/${name}`;
      if (STAGE_KEYS.has(name) && typeof member === 'string') return [name, fromDashboardStage(member)];
      if (MONEY_KEYS.has(name) && typeof member === 'number') return [name, toMoney(member, pointer, faults)];
      if (name === 'location' && typeof member === 'string') return [name, toLocation(member)];
      return [name, convert(member, pointer, faults)];
    }),
  );
}

function toMoney(amount: number, pointer: string, faults: FieldError[]): unknown {
  if (Math.abs(amount) > MAX_AMOUNT || Number(amount.toFixed(2)) !== amount) {
    faults.push({ pointer, detail: 'must have at most two decimals, and fourteen digits', code: 'NOT_EXACT' });
  }
  return { amount: amount.toFixed(2), currency: CURRENCY };
}

/** `Austin, TX` becomes its city and its state. */
function toLocation(text: string): unknown {
  const comma = text.lastIndexOf(',');
  if (comma < 0) return { city: text.trim(), state: null, region: null };
  return { city: text.slice(0, comma).trim(), state: text.slice(comma + 1).trim(), region: null };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
