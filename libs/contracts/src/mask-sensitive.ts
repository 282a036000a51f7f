import type { EventDefinition } from './define-event.js';
import { eventCatalogue, isEventType } from './event-catalogue.js';

/** What stands for a value that is not shown. */
export const MASK = '••••';

/** A payload for people who operate the system. */
export interface MaskedPayload {
  readonly data: unknown;
  /** JSON pointers of the members that were masked. */
  readonly masked: readonly string[];
}

/**
 * Masks the members of a payload that the catalogue calls sensitive. The payload itself is not changed.
 *
 * @remarks Absent members and nulls stay as they are, so that nobody takes a missing value for a hidden one.
 */
export function maskSensitive(type: string, payload: unknown): MaskedPayload {
  const definition: EventDefinition | undefined = isEventType(type) ? eventCatalogue[type] : undefined;
  const masked: string[] = [];
  const data = (definition?.sensitive ?? []).reduce((value, path) => maskAt(value, path.split('.'), '', masked), payload);
  return { data, masked };
}

function maskAt(value: unknown, [name, ...rest]: readonly string[], pointer: string, masked: string[]): unknown {
  if (value === null || value === undefined) return value;
  if (name === undefined) {
    masked.push(pointer);
    return MASK;
  }
  if (Array.isArray(value)) {
    return name === '*' ? value.map((item, index) => maskAt(item, rest, `${pointer}/${String(index)}`, masked)) : value;
  }
  if (typeof value !== 'object' || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: maskAt((value as Record<string, unknown>)[name], rest, `${pointer}/${name}`, masked) };
}
