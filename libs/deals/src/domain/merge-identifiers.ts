import type { DealDocument } from './deal-details.js';

/**
 * The identifiers of a deal together with those of a deal that is merged into it: lists are joined without repeats; of two single values
 * the survivor's stays.
 */
export function mergeIdentifiers(survivor: DealDocument, other: DealDocument): DealDocument {
  const merged: Record<string, unknown> = { ...survivor };
  for (const [name, value] of Object.entries(other)) {
    const own = merged[name];
    if (Array.isArray(own) && Array.isArray(value)) merged[name] = [...new Set([...(own as unknown[]), ...(value as unknown[])])];
    else if (own === undefined || own === null) merged[name] = value;
  }
  return merged;
}
