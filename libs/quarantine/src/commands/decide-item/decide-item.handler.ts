import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ItemDecisions } from '../../decisions/item-decisions.js';
import { DecideItem } from './decide-item.command.js';
import type { DecidedItem } from './decide-item.command.js';

@CommandHandler(DecideItem)
export class DecideItemHandler implements ICommandHandler<DecideItem> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: ItemDecisions,
  ) {}

  async execute(command: DecideItem): Promise<DecidedItem> {
    return this.unitOfWork.run((tx) => this.decisions.decide(tx, command));
  }
}
