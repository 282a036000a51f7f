import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { SnoozeDeal } from './snooze-deal.command.js';

@CommandHandler(SnoozeDeal)
export class SnoozeDealHandler implements ICommandHandler<SnoozeDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, until, reason, snoozedBy, acceptedVersions }: SnoozeDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      deal.snooze(until, reason, snoozedBy, new Date().toISOString().slice(0, 10));
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return saved;
    });
  }
}
