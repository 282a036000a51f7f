import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { Deal } from '../../domain/deal.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { CreateDeal } from './create-deal.command.js';

@CommandHandler(CreateDeal)
export class CreateDealHandler implements ICommandHandler<CreateDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ details, stage, source }: CreateDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const { dealId, openedAt } = await this.deals.next(tx);
      const deal = Deal.open(dealId, details, stage, source);
      this.journal.requireChangeable(deal);
      const snapshot = this.deals.add(tx, deal, openedAt, source);
      this.journal.write(tx, deal);
      return snapshot;
    });
  }
}
