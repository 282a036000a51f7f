import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { PurgeDeadLetters } from './purge-dead-letters.command.js';

@CommandHandler(PurgeDeadLetters)
export class PurgeDeadLettersHandler implements ICommandHandler<PurgeDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ filter, reason, limits }: PurgeDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'purge', filter, reason }, limits);
  }
}
