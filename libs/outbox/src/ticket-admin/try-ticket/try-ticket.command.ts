import { Command } from '@nestjs/cqrs';
import type { TriedTicket } from '../ticket-try.store.js';

/**
 * Makes one failed ticket due now. Fails with TicketNotFoundError, TicketDeadError, TicketWaitsError or TicketInHandError.
 */
export class TryTicket extends Command<TriedTicket> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
