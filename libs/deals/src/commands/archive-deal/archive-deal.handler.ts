import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { ArchiveDeal } from './archive-deal.command.js';

@CommandHandler(ArchiveDeal)
export class ArchiveDealHandler implements ICommandHandler<ArchiveDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, archivedBy, reason, acceptedVersions, onBehalfNote }: ArchiveDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      if (!deal.archive(archivedBy, reason)) return this.deals.snapshot(tx, dealId);
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal, onBehalfNote);
      return saved;
    });
  }
}
