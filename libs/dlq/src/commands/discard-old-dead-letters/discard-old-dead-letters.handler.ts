import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { DiscardOldDeadLetters } from './discard-old-dead-letters.command.js';

@CommandHandler(DiscardOldDeadLetters)
export class DiscardOldDeadLettersHandler implements ICommandHandler<DiscardOldDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ olderThanDays, reason, limits }: DiscardOldDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'purge_old', filter: { olderThanDays }, reason }, limits);
  }
}
