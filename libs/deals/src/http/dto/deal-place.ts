import { CURSOR_RULES, enumRule, stringRule } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { DEAL_LIST_PARTS } from '../../views/deal-list.js';
import type { DealPlace } from '../../views/deal-list.js';

/** What the members of a cursor of the list of deals may be. */
export const DEAL_PLACE_RULES = {
  part: enumRule(DEAL_LIST_PARTS, 'DealListPart'),
  id: stringRule({ pattern: /^DEAL-\d{6,18}$/ }),
  at: CURSOR_RULES.instant,
  begin: CURSOR_RULES.instant,
  xid: CURSOR_RULES.wholeNumber,
  running: CURSOR_RULES.wholeNumbers,
} satisfies Record<string, ValueRule>;

/** What the members of a cursor may be in an order that never changes. */
export const FIXED_PLACE_RULES = { id: DEAL_PLACE_RULES.id, at: DEAL_PLACE_RULES.at } satisfies Record<string, ValueRule>;

type DealPlaceKey = Readonly<Record<keyof typeof DEAL_PLACE_RULES, string>>;

/** Makes the place of a cursor's members. */
export function toDealPlace({ part, id, at, begin, xid, running }: DealPlaceKey): DealPlace {
  return { part: part as DealPlace['part'], dealId: id, updatedAt: at, begin: { at: begin, nextXid: xid, running } };
}

/** Makes the members of a cursor. */
export function toCursorKey({ part, dealId, updatedAt, begin }: DealPlace): DealPlaceKey {
  return { part, id: dealId, at: updatedAt, begin: begin.at, xid: begin.nextXid, running: begin.running };
}
