import type { FailureReason } from './dead-letter.view.js';

/** How many hours the trend of a group covers. */
export const TREND_HOURS = 24;

/** Dead letters that failed in the same way: those of one fingerprint. */
export interface FailureGroupView extends FailureReason {
  readonly fingerprint: string;
  readonly count: number;
  /** Deals, or other aggregates, whose events they are. */
  readonly aggregates: number;
  /** When the first of them failed for the first time. */
  readonly firstFailedAt: Date;
  /** When the last of them failed for the last time. */
  readonly lastFailedAt: Date;
  readonly consumer: string;
  readonly eventType: string;
  readonly reasonCode: string | null;
  /** For each of the last {@link TREND_HOURS} hours, oldest first, how many failed for the last time then. */
  readonly trend: readonly number[];
  /** The dead letter that failed last. */
  readonly sample: {
    readonly id: string;
    readonly eventId: string;
    readonly aggregateType: string;
    readonly aggregateId: string;
    readonly correlationId: string;
    readonly failedAt: Date;
  };
}

/** The sort key of a group. */
export interface FailureGroupKey {
  readonly count: number;
  readonly fingerprint: string;
}

/** A part of the list of groups. */
export interface FailureGroupPage {
  readonly groups: readonly FailureGroupView[];
  /** All groups of what fits the filter. */
  readonly total: number;
  /** All dead letters that fit the filter. */
  readonly deadLetters: number;
  /** After which group the next part begins; null at the end. */
  readonly next: FailureGroupKey | null;
}
