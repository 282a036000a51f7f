import { UnitOfWork } from '#zakops/database';
import { Redrive } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DlqAudit } from '../../audit/dlq-audit.js';
import { MissingEntry } from '../missing-entry.js';
import { PurgeDeadLetter } from './purge-dead-letter.command.js';

@CommandHandler(PurgeDeadLetter)
export class PurgeDeadLetterHandler implements ICommandHandler<PurgeDeadLetter> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redrive: Redrive,
    private readonly audit: DlqAudit,
    private readonly missing: MissingEntry,
  ) {}

  async execute({ entryId, reason }: PurgeDeadLetter): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const entry = await this.redrive.discardOne(tx, entryId);
      if (entry === undefined) throw await this.missing.explain(tx, entryId);
      await this.audit.record(tx, { kind: 'purge', reason, filter: { entryId }, entries: [entry] });
    });
  }
}
