import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { UnsnoozeDeal } from './unsnooze-deal.command.js';

@CommandHandler(UnsnoozeDeal)
export class UnsnoozeDealHandler implements ICommandHandler<UnsnoozeDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, unsnoozedBy, acceptedVersions }: UnsnoozeDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      if (!deal.unsnooze(unsnoozedBy)) return this.deals.snapshot(tx, dealId);
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return saved;
    });
  }
}
