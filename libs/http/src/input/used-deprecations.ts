import { fieldsOf } from '../fields/read-instance.js';
import type { FieldClass } from '../fields/read-instance.js';
import type { DeprecationName } from '../deprecation/deprecations.js';

/** The deprecations that the members of a query or body use, at its top level. */
export function usedDeprecations(
  type: FieldClass,
  members: Readonly<Record<string, unknown>>,
  source: 'json' | 'text',
): readonly DeprecationName[] {
  const used: DeprecationName[] = [];
  for (const [name, { deprecated, rule }] of fieldsOf(type)) {
    if (deprecated === undefined || !Object.hasOwn(members, name)) continue;
    const given = members[name];
    const text = Array.isArray(given) ? given.join(',') : given;
    const value = source === 'text' && typeof text === 'string' ? (rule.fromText?.(text) ?? text) : given;
    if (typeof deprecated === 'string') used.push(deprecated);
    else if (deprecated.when(value)) used.push(deprecated.name);
  }
  return used;
}
