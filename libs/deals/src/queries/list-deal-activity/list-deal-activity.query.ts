import { Query } from '@nestjs/cqrs';
import type { ActivityKey, ActivityView } from '../../views/activity.js';
import type { Page } from '../../views/page.js';

/** What happened to a deal, newest first; behind the deal itself by the delay of delivery. Fails with DealNotFoundError. */
export class ListDealActivity extends Query<Page<ActivityView, ActivityKey>> {
  constructor(
    readonly dealId: string,
    readonly limit: number,
    readonly after: ActivityKey | undefined,
  ) {
    super();
  }
}
