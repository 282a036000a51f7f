/** A delivery that was given up: one event, one consumer. */
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
  /** Attempts since it was last made due. */
  readonly attempts: number;
  /** How often it was redriven before. */
  readonly replayCount: number;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly firstFailedAt: Date | null;
  /** The last attempt. */
  readonly failedAt: Date;
}

/** One failed attempt. */
export interface DeadLetterAttempt {
  /** 1 for the first of its replay. */
  readonly attempt: number;
  /** 0 before the first redrive. */
  readonly replay: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly reasonCode: string;
  readonly error: string;
}

/** Something an operator did to an entry. */
export interface DeadLetterOperation {
  readonly kind: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly performedAt: Date;
}

/** An entry with what happened to it, oldest first. */
export interface DeadLetterDetails extends DeadLetterView {
  readonly attemptHistory: readonly DeadLetterAttempt[];
  readonly operations: readonly DeadLetterOperation[];
}
