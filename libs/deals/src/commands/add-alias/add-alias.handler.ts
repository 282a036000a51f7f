import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { AddAlias } from './add-alias.command.js';
import type { AddedAlias } from './add-alias.command.js';

@CommandHandler(AddAlias)
export class AddAliasHandler implements ICommandHandler<AddAlias> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, alias, acceptedVersions }: AddAlias): Promise<AddedAlias> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      deal.requireVersion(acceptedVersions);
      const added = deal.addAlias(alias);
      const [, recorded] = await Promise.all([this.deals.save(tx, deal), this.deals.addAlias(tx, dealId, added)]);
      this.journal.write(tx, deal);
      return { alias: recorded, version: deal.version };
    });
  }
}
