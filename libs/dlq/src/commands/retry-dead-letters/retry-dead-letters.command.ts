import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';

/** Delivers every dead letter that fits again, oldest first; gives how many. */
export class RetryDeadLetters extends Command<number> {
  /** @param limit - the most of them, the oldest; undefined for all. One call is one transaction */
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
    readonly limit?: number,
  ) {
    super();
  }
}
