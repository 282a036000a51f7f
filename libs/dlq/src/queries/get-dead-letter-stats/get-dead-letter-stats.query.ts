import { Query } from '@nestjs/cqrs';

/** The queue in figures. */
export interface DeadLetterStats {
  readonly total: number;
  readonly byEventType: Readonly<Record<string, number>>;
  readonly byConsumer: Readonly<Record<string, number>>;
  /** `unknown` for entries without a reason. */
  readonly byReason: Readonly<Record<string, number>>;
  /** When the entry failed that has waited longest; null for an empty queue. */
  readonly oldestFailedAt: Date | null;
  readonly oldestAgeSeconds: number | null;
}

/** How many dead letters there are, of what kind, and how old. */
export class GetDeadLetterStats extends Query<DeadLetterStats> {}
