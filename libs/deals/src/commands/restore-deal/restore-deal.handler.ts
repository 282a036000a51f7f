import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { RestoreDeal } from './restore-deal.command.js';

@CommandHandler(RestoreDeal)
export class RestoreDealHandler implements ICommandHandler<RestoreDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, restoredBy, acceptedVersions }: RestoreDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      if (!deal.unarchive(restoredBy)) return this.deals.snapshot(tx, dealId);
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return saved;
    });
  }
}
