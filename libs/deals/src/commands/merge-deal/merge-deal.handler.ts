import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import type { Deal } from '../../domain/deal.js';
import { MergeIntoItselfError } from '../../domain/deal.errors.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { MergeDeal } from './merge-deal.command.js';

@CommandHandler(MergeDeal)
export class MergeDealHandler implements ICommandHandler<MergeDeal> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, survivorId, mergedBy, reason, acceptedVersions }: MergeDeal): Promise<DealSnapshot> {
    return this.unitOfWork.run(async (tx) => {
      // In the order of ids, so that two merges cannot wait for each other.
      const loaded = new Map<string, Deal>();
      for (const id of [dealId, survivorId].sort()) loaded.set(id, await this.deals.load(tx, id));
      const [deal, survivor] = [loaded.get(dealId), loaded.get(survivorId)];
      if (deal === undefined || survivor === undefined || deal === survivor) throw new MergeIntoItselfError(dealId);
      deal.requireVersion(acceptedVersions);
      deal.mergeInto(survivor, mergedBy, reason);
      const taken = survivor.absorb(deal, mergedBy);
      await this.deals.moveAliases(
        tx,
        taken.map(({ id }) => id),
        survivorId,
      );
      await this.deals.save(tx, deal);
      const saved = await this.deals.save(tx, survivor);
      this.journal.write(tx, deal);
      this.journal.write(tx, survivor);
      return saved;
    });
  }
}
