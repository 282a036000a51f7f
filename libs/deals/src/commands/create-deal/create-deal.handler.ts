import { UnitOfWork } from '#zakops/database';
import { Outbox } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Deal } from '../../domain/deal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { CreateDeal } from './create-deal.command.js';
import type { CreatedDeal } from './create-deal.command.js';

@CommandHandler(CreateDeal)
export class CreateDealHandler implements ICommandHandler<CreateDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly outbox: Outbox,
  ) {}

  async execute({ details, stage, source }: CreateDeal): Promise<CreatedDeal> {
    return this.unitOfWork.run(async (tx) => {
      const deal = Deal.open(await this.deals.nextId(tx), details, stage, source);
      await this.deals.add(tx, deal);
      this.outbox.append(tx, deal.pullEvents());
      return { dealId: deal.dealId };
    });
  }
}
