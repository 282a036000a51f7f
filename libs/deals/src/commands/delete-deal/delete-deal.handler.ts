import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { DeleteDeal } from './delete-deal.command.js';

@CommandHandler(DeleteDeal)
export class DeleteDealHandler implements ICommandHandler<DeleteDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, deletedBy, reason, acceptedVersions }: DeleteDeal): Promise<{ readonly version: number }> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      deal.remove(deletedBy, reason);
      await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return { version: deal.version };
    });
  }
}
