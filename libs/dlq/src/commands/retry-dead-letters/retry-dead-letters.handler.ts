import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedChange } from '../portioned-change.js';
import type { ChangedMany } from '../portioned-change.js';
import { RetryDeadLetters } from './retry-dead-letters.command.js';

@CommandHandler(RetryDeadLetters)
export class RetryDeadLettersHandler implements ICommandHandler<RetryDeadLetters> {
  constructor(private readonly change: PortionedChange) {}

  async execute({ filter, reason, limits }: RetryDeadLetters): Promise<ChangedMany> {
    return this.change.run({ kind: 'retry_all', filter, reason }, limits);
  }
}
