import { toNfc } from '#zakops/kernel';
import { escapePointer } from './json-pointer.js';
import type { Fault } from './value-rule.js';

/**
 * Composes every text of a JSON value (NFC), also the names of members.
 *
 * @param at - JSON pointer of the value
 * @param faults - gets one for each name that an object has in two forms
 */
export function composeTexts(value: unknown, at: string, faults: Fault[]): unknown {
  if (typeof value === 'string') return toNfc(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => composeTexts(item, `${at}/${String(index)}`, faults));
  const members = new Map<string, unknown>();
  for (const [given, member] of Object.entries(value)) {
    const name = toNfc(given);
    const here = `${at}/${escapePointer(name)}`;
    if (members.has(name)) faults.push({ code: 'REPEATED', detail: 'is given twice, in two forms of the same name', at: here });
    members.set(name, composeTexts(member, here, faults));
  }
  return Object.fromEntries(members);
}
