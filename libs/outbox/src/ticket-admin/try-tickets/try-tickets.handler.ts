import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PortionedTry } from './portioned-try.js';
import type { TriedTickets } from './portioned-try.js';
import { TryTickets } from './try-tickets.command.js';

@CommandHandler(TryTickets)
export class TryTicketsHandler implements ICommandHandler<TryTickets> {
  constructor(private readonly tries: PortionedTry) {}

  async execute({ filter, reason, limits }: TryTickets): Promise<TriedTickets> {
    return this.tries.run(filter, reason, limits);
  }
}
