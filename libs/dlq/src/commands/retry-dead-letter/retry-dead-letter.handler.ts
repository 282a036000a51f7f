import { UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqAudit } from '../../audit/dlq-audit.js';
import { MissingEntry } from '../missing-entry.js';
import { RetryDeadLetter } from './retry-dead-letter.command.js';

@CommandHandler(RetryDeadLetter)
export class RetryDeadLetterHandler implements ICommandHandler<RetryDeadLetter> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
    private readonly missing: MissingEntry,
  ) {}

  async execute({ entryId, reason }: RetryDeadLetter): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const entry = await this.redrive.redriveOne(tx, entryId);
      if (entry === undefined) throw await this.missing.explain(tx, entryId);
      await this.audit.record(tx, { kind: 'retry', reason, filter: { entryId }, entries: [entry] });
    });
  }
}
