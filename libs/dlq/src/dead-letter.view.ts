/** A ticket that is dead: one event, one consumer. */
export interface DeadLetterView {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Undefined in a summary. */
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
  /** Of the failure group; null while a redriven one has not failed again. */
  readonly fingerprint: string | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly firstFailedAt: Date | null;
  /** The last attempt. */
  readonly failedAt: Date;
}

/** Which members of dead letters are read: all of them, or all but the payload. */
export type DeadLetterFields = 'all' | 'summary';

/** Why a delivery failed: names of code and schema, and no value. Null is what was not known, as for failures of version 0.4.0. */
export interface FailureReason {
  readonly errorClass: string | null;
  readonly sqlState: string | null;
  readonly table: string | null;
  readonly constraint: string | null;
  /** The first stack frame in code of a feature. */
  readonly frame: string | null;
  /** The message with values replaced. */
  readonly message: string | null;
}

/** One failed attempt. */
export interface DeadLetterAttempt extends FailureReason {
  /** 1, 2, 3 ... over all redrives. */
  readonly number: number;
  /** 1 for the first one after the ticket was made or redriven. */
  readonly attempt: number;
  /** How often the ticket had been redriven; 0 before the first redrive. */
  readonly redrives: number;
  readonly fingerprint: string | null;
  /** The process that made it. */
  readonly worker: string | null;
  readonly eventTraceId: string | null;
  readonly attemptTraceId: string | null;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly reasonCode: string;
  readonly error: string;
}

/** Something an operator did to a dead letter. */
export interface DeadLetterOperation {
  readonly id: string;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly performedAt: Date;
}

/**
 * What became of a dead letter: `dead` in the queue; after a redrive `waiting`, `failed_again` until its next attempt, `delivered`;
 * `discarded`; `removed` with its consumer.
 */
export const DEAD_LETTER_STATES = ['dead', 'waiting', 'failed_again', 'delivered', 'discarded', 'removed'] as const;

/** One of the states of a dead letter. */
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** A dead letter and how it goes on. */
export interface FollowedDeadLetter extends DeadLetterView {
  readonly state: DeadLetterState;
  /** Null before its delivery, and once retention has removed its ticket. */
  readonly deliveredAt: Date | null;
  /** Null while it is not due, or waits behind an earlier ticket of its aggregate. */
  readonly nextAttemptAt: Date | null;
}

/** A dead letter with its history, oldest first. */
export interface DeadLetterDetails extends FollowedDeadLetter {
  readonly attemptHistory: readonly (DeadLetterAttempt & {
    /** The operation by which it was redriven before; null before the first redrive. */
    readonly redriveId: string | null;
  })[];
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
