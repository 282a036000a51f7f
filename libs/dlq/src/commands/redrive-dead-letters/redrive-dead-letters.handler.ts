import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { RedriveDeadLetters } from './redrive-dead-letters.command.js';

@CommandHandler(RedriveDeadLetters)
export class RedriveDeadLettersHandler implements ICommandHandler<RedriveDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ filter, reason, limits }: RedriveDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'retry_all', filter, reason }, limits);
  }
}
