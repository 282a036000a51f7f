import { UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqAudit } from '../../audit/dlq-audit.js';
import { PurgeOldDeadLetters } from './purge-old-dead-letters.command.js';

@CommandHandler(PurgeOldDeadLetters)
export class PurgeOldDeadLettersHandler implements ICommandHandler<PurgeOldDeadLetters> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
  ) {}

  async execute({ olderThanDays, reason }: PurgeOldDeadLetters): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const filter = { olderThanDays };
      const entries = await this.redrive.discard(tx, filter);
      await this.audit.record(tx, { kind: 'purge_old', reason, filter, entries });
      return entries.length;
    });
  }
}
