/** A ticket that is dead: one event, one consumer. */
export interface DeadLetterView {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly eventData: unknown;
  readonly correlationId: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly consumer: string;
  /** The event's place in the log; null when it was not published. */
  readonly position: number | null;
  /** Attempts since the ticket was made or last redriven. */
  readonly attempts: number;
  /** How often the ticket was redriven. */
  readonly redrives: number;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly firstFailedAt: Date | null;
  /** The last attempt. */
  readonly failedAt: Date;
}

/** One failed attempt. */
export interface DeadLetterAttempt {
  /** 1 for the first one after the ticket was made or redriven. */
  readonly attempt: number;
  /** How often the ticket had been redriven; 0 before the first redrive. */
  readonly redrives: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly reasonCode: string;
  readonly error: string;
}

/** Something an operator did to a dead letter. */
export interface DeadLetterOperation {
  readonly kind: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly performedAt: Date;
}

/** A dead letter with its history, oldest first. */
export interface DeadLetterDetails extends DeadLetterView {
  readonly attemptHistory: readonly DeadLetterAttempt[];
  readonly operations: readonly DeadLetterOperation[];
}

/** The sort key of a dead letter. */
export interface DeadLetterKey {
  /** ISO 8601 with microseconds: a Date would cut them off, and dead letters of the same millisecond would be skipped. */
  readonly failedAt: string;
  readonly id: string;
}

/** Where a page begins. */
export type DeadLetterPageStart = { readonly after: DeadLetterKey } | { readonly offset: number };

/** A part of the list. */
export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetterView[];
  /** All that fit the filter. */
  readonly total: number;
  /** After which dead letter the next part begins; null at the end. */
  readonly next: DeadLetterKey | null;
}

/** How many dead letters there are, of what kind, and how old. */
export interface DeadLetterStats {
  readonly total: number;
  readonly byEventType: Readonly<Record<string, number>>;
  readonly byConsumer: Readonly<Record<string, number>>;
  /** `unknown` for dead letters without a reason. */
  readonly byReason: Readonly<Record<string, number>>;
  /** When the dead letter failed that has waited longest; null for an empty queue. */
  readonly oldestFailedAt: Date | null;
  readonly oldestAgeSeconds: number | null;
}
