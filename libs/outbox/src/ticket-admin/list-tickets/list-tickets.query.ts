import { Query } from '@nestjs/cqrs';
import type { TicketListFilter } from '../ticket-filter.js';
import type { TicketKey, TicketPage } from '../ticket.view.js';

/** Tickets that are still to be delivered, by the positions of their events; those of one event by consumer. */
export class ListTickets extends Query<TicketPage> {
  constructor(
    readonly filter: TicketListFilter,
    readonly limit: number,
    readonly after: TicketKey | undefined,
  ) {
    super();
  }
}
