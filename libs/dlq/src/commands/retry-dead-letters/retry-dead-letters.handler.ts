import { UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqAudit } from '../../audit/dlq-audit.js';
import { RetryDeadLetters } from './retry-dead-letters.command.js';

@CommandHandler(RetryDeadLetters)
export class RetryDeadLettersHandler implements ICommandHandler<RetryDeadLetters> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
  ) {}

  async execute({ filter, reason, limit }: RetryDeadLetters): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const entries = await this.redrive.redrive(tx, filter, limit);
      await this.audit.record(tx, { kind: 'retry_all', reason, filter, entries });
      return entries.length;
    });
  }
}
