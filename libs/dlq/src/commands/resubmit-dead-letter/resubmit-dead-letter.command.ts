import { Command } from '@nestjs/cqrs';

/** A corrected delivery. */
export interface ResubmittedDeadLetter {
  /** The new event. */
  readonly eventId: string;
  /** The event that stays in the log. */
  readonly originalEventId: string;
  readonly consumer: string;
}

/**
 * Has the consumer of a dead letter get a corrected event in its place, and moves the original to the archive. Fails with
 * DeadLetterNotFoundError, DeadLetterLeftError, PayloadRefusedError, ResubmitRefusedError or EventTooLargeError.
 */
export class ResubmitDeadLetter extends Command<ResubmittedDeadLetter> {
  constructor(
    readonly id: string,
    readonly data: unknown,
    readonly reason: string,
  ) {
    super();
  }
}
