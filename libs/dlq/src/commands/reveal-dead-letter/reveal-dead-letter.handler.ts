import { AuditLog } from '#zakops/audit';
import { maskSensitive } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { CommandHandler, QueryBus } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DeadLetterDetails } from '../../dead-letter.view.js';
import { GetDeadLetter } from '../../queries/get-dead-letter/get-dead-letter.query.js';
import { RevealDeadLetter } from './reveal-dead-letter.command.js';

@CommandHandler(RevealDeadLetter)
export class RevealDeadLetterHandler implements ICommandHandler<RevealDeadLetter> {
  constructor(
    private readonly queries: QueryBus,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditLog,
  ) {}

  async execute({ id, reason }: RevealDeadLetter): Promise<DeadLetterDetails> {
    // The payload of an event never changes, so it is what the entry is about.
    const deadLetter = await this.queries.execute(new GetDeadLetter(id));
    const { eventId, eventType, eventData } = deadLetter;
    await this.unitOfWork.run((tx) => {
      this.audit.record(tx, {
        action: 'payload.revealed',
        resourceType: 'dead_letter',
        resourceId: id,
        details: { reason, event_id: eventId, event_type: eventType, members: maskSensitive(eventType, eventData).masked },
      });
      return Promise.resolve();
    });
    return deadLetter;
  }
}
