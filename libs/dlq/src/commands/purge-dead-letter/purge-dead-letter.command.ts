import { Command } from '@nestjs/cqrs';

/** Gives one dead letter up; its event stays in the log. Fails with DeadLetterNotFoundError or DeadLetterLeftError. */
export class PurgeDeadLetter extends Command<void> {
  constructor(
    readonly entryId: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
