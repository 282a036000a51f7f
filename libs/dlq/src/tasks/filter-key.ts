import type { DeadLetterFilter } from '#zakops/outbox';
import { createHash } from 'node:crypto';

/** The members of a filter that narrow, in one order, so that equal filters are equal texts. */
export function canonicalFilter({ ids, ...others }: DeadLetterFilter): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = { ...others, ...(ids === undefined ? {} : { ids: [...new Set(ids)].sort() }) };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A short text that is the same for equal filters. */
export function filterKey(filter: DeadLetterFilter): string {
  return createHash('sha256')
    .update(JSON.stringify(canonicalFilter(filter)))
    .digest('hex');
}
