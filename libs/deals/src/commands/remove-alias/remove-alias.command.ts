import { Command } from '@nestjs/cqrs';

/** Take an alias away from a deal. */
export class RemoveAlias extends Command<void> {
  constructor(
    readonly dealId: string,
    readonly aliasId: string,
  ) {
    super();
  }
}
