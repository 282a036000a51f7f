import { Command } from '@nestjs/cqrs';

/** Discards one dead letter; its event stays in the log. Fails with DeadLetterNotFoundError or DeadLetterLeftError. */
export class DiscardDeadLetter extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
