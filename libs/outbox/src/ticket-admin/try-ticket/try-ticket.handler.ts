import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { TicketTryStore } from '../ticket-try.store.js';
import type { TriedTicket } from '../ticket-try.store.js';
import { TryTicket } from './try-ticket.command.js';

@CommandHandler(TryTicket)
export class TryTicketHandler implements ICommandHandler<TryTicket> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tickets: TicketTryStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, reason }: TryTicket): Promise<TriedTicket> {
    return this.unitOfWork.run(async (tx) => {
      const tried = await this.tickets.one(tx, id);
      if (!tried.isChanged) return tried;
      const { eventId, eventType, consumer, status, attempts, dueBefore, dueAt } = tried;
      this.audit.record(tx, {
        action: 'ticket.tried_now',
        resourceType: 'ticket',
        resourceId: id,
        before: { status, due_at: dueBefore?.toISOString() ?? null },
        after: { status, due_at: dueAt?.toISOString() ?? null },
        details: { reason, consumer, event_id: eventId, event_type: eventType, attempts },
      });
      return tried;
    });
  }
}
