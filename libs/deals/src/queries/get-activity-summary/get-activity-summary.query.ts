import { Query } from '@nestjs/cqrs';
import type { ActivitySummaryView } from '../../views/activity-summary.js';

/** Counts what happened to a deal. Fails with DealNotFoundError. */
export class GetActivitySummary extends Query<ActivitySummaryView> {
  constructor(readonly dealId: string) {
    super();
  }
}
