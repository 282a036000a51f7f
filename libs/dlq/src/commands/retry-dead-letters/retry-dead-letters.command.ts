import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';

/** Delivers every dead letter that fits again, oldest first; gives how many. */
export class RetryDeadLetters extends Command<number> {
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
