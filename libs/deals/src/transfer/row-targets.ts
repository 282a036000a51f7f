import type { DealMatch, WaitingRow } from './import.store.js';

/** What a row is about: a deal that is there, one to open, or nothing that it may change. */
export type RowTarget =
  | { readonly kind: 'existing'; readonly row: WaitingRow; readonly dealId: string }
  | { readonly kind: 'new'; readonly row: WaitingRow }
  | { readonly kind: 'refused'; readonly row: WaitingRow; readonly code: string; readonly field: string | null; readonly detail: string };

/**
 * Finds what each row of a portion is about: by `deal_id`, else by external id, else by the canonical name as an external id. Of two rows about
 * one deal, or with one external id, the second is refused.
 *
 * @param matches - the deals that are there under the ids and external ids of the rows
 */
export function toTargets(rows: readonly WaitingRow[], matches: readonly DealMatch[]): readonly RowTarget[] {
  const ids = new Set(matches.map(({ dealId }) => dealId));
  const owners = new Map(matches.flatMap(({ dealId, externalId }) => (externalId === null ? [] : [[externalId, dealId] as const])));
  const lines = new Map<string, number>();
  return rows.map((row): RowTarget => {
    const { deal_id: given, external_id: externalId, canonical_name: name } = row.given;
    const refuse = (code: string, field: string | null, detail: string): RowTarget => ({ kind: 'refused', row, code, field, detail });
    if (given !== undefined && !ids.has(given)) {
      return refuse('DEAL_NOT_FOUND', 'deal_id', `There is no deal ${given}; leave the id out to open one.`);
    }
    const key = externalId ?? (given === undefined ? name : undefined);
    const owner = key === undefined ? undefined : owners.get(key);
    const dealId = given ?? owner;
    if (owner !== undefined && owner !== dealId) return refuse('CONFLICT', 'external_id', `belongs to deal ${owner}`);
    const claims = [...(dealId === undefined ? [] : [`deal ${dealId}`]), ...(key === undefined ? [] : [`external id ${key}`])];
    const first = claims.map((claim) => lines.get(claim)).find((line) => line !== undefined);
    if (first !== undefined) return refuse('DUPLICATE_ROW', null, `is about the deal of line ${String(first)}`);
    for (const claim of claims) lines.set(claim, row.line);
    return dealId === undefined ? { kind: 'new', row } : { kind: 'existing', row, dealId };
  });
}
