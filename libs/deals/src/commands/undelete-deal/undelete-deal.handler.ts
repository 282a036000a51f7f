import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { UndeleteDeal } from './undelete-deal.command.js';

@CommandHandler(UndeleteDeal)
export class UndeleteDealHandler implements ICommandHandler<UndeleteDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, undeletedBy, acceptedVersions }: UndeleteDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.loadDeleted(tx, dealId);
      deal.requireVersion(acceptedVersions);
      if (!deal.undelete(undeletedBy)) return this.deals.snapshot(tx, dealId);
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return saved;
    });
  }
}
