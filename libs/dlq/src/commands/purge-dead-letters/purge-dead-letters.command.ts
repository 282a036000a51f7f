import type { DeadTicketFilter } from '#zakops/outbox';
import { Command } from '@nestjs/cqrs';

/** Gives up every dead letter that fits, oldest first; gives how many. Their events stay in the log. */
export class PurgeDeadLetters extends Command<number> {
  /** @param limit - the most of them, the oldest; undefined for all. One call is one transaction */
  constructor(
    readonly filter: DeadTicketFilter,
    readonly reason: string | undefined,
    readonly limit?: number,
  ) {
    super();
  }
}
