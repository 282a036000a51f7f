import { CursorModule } from '#zakops/auth';
import { IdempotencyModule } from '#zakops/idempotency';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TicketAdminModule } from '../ticket-admin/ticket-admin.module.js';
import { OutboxTicketsController } from './outbox-tickets.controller.js';

/** Tickets over HTTP. */
@Module({
  imports: [CqrsModule, CursorModule, IdempotencyModule, TicketAdminModule],
  controllers: [OutboxTicketsController],
})
export class OutboxTicketsHttpModule {}
