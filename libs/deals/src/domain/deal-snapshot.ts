import type { Deal } from './deal.js';
import type { DealDetails } from './deal-details.js';

/** A deal at one moment, for answers. */
export interface DealSnapshot extends DealDetails {
  readonly dealId: string;
  /** One of the nine stages; adopted data may hold another text. */
  readonly stage: string;
  readonly emailThreadIds: readonly unknown[];
  /** The deal that goes on in place of this one. */
  readonly mergedInto: string | null;
  readonly outcomeReason: string | null;
  readonly outcomeNote: string | null;
  /** For `ETag` and `If-Match`. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Whole days. */
  readonly daysSinceUpdate: number;
  readonly actionCount: number;
  readonly aliasCount: number;
  readonly stageEnteredAt: Date;
  /** Whole days. */
  readonly daysInStage: number;
  readonly snoozedUntil: string | null;
  readonly snoozeReason: string | null;
  /** Who or what brought the deal; null when nobody knows. */
  readonly source: string | null;
}

/**
 * The snapshot of a deal that was opened just now.
 *
 * @param details - the deal's, with the members of each document in the order in which the database gives them back
 */
export function snapshotOfNewDeal(
  { dealId, stage, version, standing }: Deal,
  details: DealDetails,
  openedAt: Date,
  source: string,
): DealSnapshot {
  return {
    ...details,
    dealId,
    stage,
    emailThreadIds: standing.emailThreadIds,
    mergedInto: null,
    outcomeReason: null,
    outcomeNote: null,
    version,
    createdAt: openedAt,
    updatedAt: openedAt,
    daysSinceUpdate: 0,
    actionCount: 0,
    aliasCount: 0,
    stageEnteredAt: openedAt,
    daysInStage: 0,
    snoozedUntil: null,
    snoozeReason: null,
    source,
  };
}
