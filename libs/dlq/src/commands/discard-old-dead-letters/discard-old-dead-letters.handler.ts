import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DeadLetterReader } from '../../persistence/dead-letter.reader.js';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { requireMayPurge } from '../purge-limit.js';
import { DiscardOldDeadLetters } from './discard-old-dead-letters.command.js';

@CommandHandler(DiscardOldDeadLetters)
export class DiscardOldDeadLettersHandler implements ICommandHandler<DiscardOldDeadLetters> {
  constructor(
    private readonly change: PortionedChange,
    private readonly reader: DeadLetterReader,
  ) {}

  async execute({ olderThanDays, reason, limits, mayPurge }: DiscardOldDeadLetters): Promise<ChangedMany> {
    if (!mayPurge) requireMayPurge(await this.reader.count({ olderThanDays }), mayPurge);
    return this.change.run({ kind: 'purge_old', filter: { olderThanDays }, reason }, limits);
  }
}
