import { Command } from '@nestjs/cqrs';

/** Delivers one dead letter again. Fails with DeadLetterNotFoundError or DeadLetterLeftError. */
export class RetryDeadLetter extends Command<void> {
  constructor(
    readonly entryId: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
