import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { TicketReader } from '../ticket.reader.js';
import type { TicketPage } from '../ticket.view.js';
import { ListTickets } from './list-tickets.query.js';

@QueryHandler(ListTickets)
export class ListTicketsHandler implements IQueryHandler<ListTickets> {
  constructor(private readonly reader: TicketReader) {}

  async execute({ filter, limit, after }: ListTickets): Promise<TicketPage> {
    return this.reader.list(filter, limit, after);
  }
}
