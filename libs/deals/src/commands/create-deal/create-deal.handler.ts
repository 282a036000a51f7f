import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Deal } from '../../domain/deal.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { viewOfNewDeal } from './view-of-new-deal.js';
import { CreateDeal } from './create-deal.command.js';
import type { CreatedDeal } from './create-deal.command.js';

@CommandHandler(CreateDeal)
export class CreateDealHandler implements ICommandHandler<CreateDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ details, stage, source }: CreateDeal): Promise<CreatedDeal> {
    return this.unitOfWork.run(async (tx) => {
      const { dealId, openedAt } = await this.deals.next(tx);
      const deal = Deal.open(dealId, details, stage, source);
      this.journal.requireChangeable(deal);
      this.deals.add(tx, deal, openedAt);
      this.journal.write(tx, deal);
      return { deal: viewOfNewDeal(deal, openedAt) };
    });
  }
}
