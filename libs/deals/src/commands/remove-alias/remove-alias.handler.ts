import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { RemoveAlias } from './remove-alias.command.js';
import type { RemovedAlias } from './remove-alias.command.js';

@CommandHandler(RemoveAlias)
export class RemoveAliasHandler implements ICommandHandler<RemoveAlias> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, aliasId, acceptedVersions }: RemoveAlias): Promise<RemovedAlias> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      deal.removeAlias(aliasId);
      await Promise.all([this.deals.save(tx, deal), this.deals.removeAlias(tx, aliasId)]);
      this.journal.write(tx, deal);
      return { version: deal.version };
    });
  }
}
