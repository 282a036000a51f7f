import { UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqAudit } from '../../audit/dlq-audit.js';
import { PurgeDeadLetters } from './purge-dead-letters.command.js';

@CommandHandler(PurgeDeadLetters)
export class PurgeDeadLettersHandler implements ICommandHandler<PurgeDeadLetters> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
  ) {}

  async execute({ filter, reason, limit }: PurgeDeadLetters): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const entries = await this.redrive.discard(tx, filter, limit);
      await this.audit.record(tx, { kind: 'purge', reason, filter, entries });
      return entries.length;
    });
  }
}
