import type { Deal } from '../../domain/deal.js';
import type { DealView } from '../../queries/get-deal/deal.view.js';
import { inStoredOrder } from './in-stored-order.js';

/** A deal that was opened just now as it is shown, without reading it back. */
export function viewOfNewDeal(deal: Deal, openedAt: Date): DealView {
  return {
    ...inStoredOrder(deal.details),
    dealId: deal.dealId,
    stage: deal.stage,
    emailThreadIds: [],
    version: deal.version,
    createdAt: openedAt,
    updatedAt: openedAt,
    daysSinceUpdate: 0,
    actionCount: 0,
    aliasCount: 0,
  };
}
