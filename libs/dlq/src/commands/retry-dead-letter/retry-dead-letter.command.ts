import { Command } from '@nestjs/cqrs';

/** Makes one dead letter due again. Fails with DeadLetterNotFoundError or DeadLetterLeftError. */
export class RetryDeadLetter extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
