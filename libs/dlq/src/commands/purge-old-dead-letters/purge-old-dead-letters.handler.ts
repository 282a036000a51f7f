import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { PurgeOldDeadLetters } from './purge-old-dead-letters.command.js';

@CommandHandler(PurgeOldDeadLetters)
export class PurgeOldDeadLettersHandler implements ICommandHandler<PurgeOldDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ olderThanDays, reason, limits }: PurgeOldDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'purge_old', filter: { olderThanDays }, reason }, limits);
  }
}
