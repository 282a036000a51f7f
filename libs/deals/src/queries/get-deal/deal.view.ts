import type { DealDetails } from '../../domain/deal-details.js';

/** A deal as it is shown. */
export interface DealView extends DealDetails {
  readonly dealId: string;
  /** One of the nine stages; adopted data may hold another text. */
  readonly stage: string;
  readonly emailThreadIds: readonly unknown[];
  /** For `ETag` and `If-Match`. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Whole days. */
  readonly daysSinceUpdate: number;
  readonly actionCount: number;
  readonly aliasCount: number;
}
