import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { UpdateDeal } from './update-deal.command.js';

@CommandHandler(UpdateDeal)
export class UpdateDealHandler implements ICommandHandler<UpdateDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, changes, editsStage, acceptedVersions }: UpdateDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      if (editsStage) deal.refuseStageEdit();
      deal.requireVersion(acceptedVersions);
      if (!deal.update(changes)) return this.deals.snapshot(tx, dealId);
      const saved = await this.deals.save(tx, deal);
      this.journal.write(tx, deal);
      return saved;
    });
  }
}
