import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DomainError } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { ArchiveDeals } from './archive-deals.command.js';
import type { ArchivedItem } from './archive-deals.command.js';

@CommandHandler(ArchiveDeals)
export class ArchiveDealsHandler implements ICommandHandler<ArchiveDeals> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute(command: ArchiveDeals): Promise<readonly ArchivedItem[]> {
    return this.unitOfWork.run(async (tx) => {
      const items = new Map<string, ArchivedItem>();
      // In the order of ids, so that two calls cannot wait for each other.
      for (const dealId of [...command.dealIds].sort()) items.set(dealId, await this.one(tx, dealId, command));
      return command.dealIds.flatMap((dealId) => items.get(dealId) ?? []);
    });
  }

  private async one(tx: Transaction, dealId: string, { archivedBy, reason, onBehalfNote }: ArchiveDeals): Promise<ArchivedItem> {
    try {
      const deal = await this.deals.load(tx, dealId);
      if (!deal.archive(archivedBy, reason)) return { dealId, outcome: 'unchanged', code: null, detail: null };
      await this.deals.save(tx, deal);
      this.journal.write(tx, deal, onBehalfNote);
      return { dealId, outcome: 'archived', code: null, detail: null };
    } catch (error) {
      // What the deal refuses has changed nothing; anything else ends the call.
      if (!(error instanceof DomainError) || !REFUSALS.has(error.code)) throw error;
      return { dealId, outcome: 'failed', code: error.code, detail: error.detail };
    }
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['DEAL_NOT_FOUND', 'DEAL_MERGED']);
