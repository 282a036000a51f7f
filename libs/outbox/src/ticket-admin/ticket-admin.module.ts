import { AuditModule } from '#zakops/audit';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ListTicketsHandler } from './list-tickets/list-tickets.handler.js';
import { TicketTryStore } from './ticket-try.store.js';
import { TicketReader } from './ticket.reader.js';
import { TryTicketHandler } from './try-ticket/try-ticket.handler.js';
import { PortionedTry } from './try-tickets/portioned-try.js';
import { TryTicketsHandler } from './try-tickets/try-tickets.handler.js';

/** Tickets that are still to be delivered, to be read and tried before their time. */
@Module({
  imports: [AuditModule, CqrsModule],
  providers: [ListTicketsHandler, PortionedTry, TicketReader, TicketTryStore, TryTicketHandler, TryTicketsHandler],
})
export class TicketAdminModule {}
