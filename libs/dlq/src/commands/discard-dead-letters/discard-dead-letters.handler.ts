import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { DiscardDeadLetters } from './discard-dead-letters.command.js';

@CommandHandler(DiscardDeadLetters)
export class DiscardDeadLettersHandler implements ICommandHandler<DiscardDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ filter, reason, limits }: DiscardDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'purge', filter, reason }, limits);
  }
}
