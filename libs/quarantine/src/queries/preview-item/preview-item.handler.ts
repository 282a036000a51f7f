import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { toMailForDeal } from '../../domain/mail-for-deal.js';
import { ItemReader } from '../../persistence/item.reader.js';
import { DefaultProposal } from '../../proposals/default-proposal.js';
import { PreviewItem } from './preview-item.query.js';
import type { ItemPreview } from './preview-item.query.js';

@QueryHandler(PreviewItem)
export class PreviewItemHandler implements IQueryHandler<PreviewItem> {
  constructor(
    private readonly items: ItemReader,
    private readonly proposals: DefaultProposal,
  ) {}

  async execute({ id }: PreviewItem): Promise<ItemPreview> {
    const item = await this.items.get(id);
    return { item, ...(await this.proposals.all(toMailForDeal(item))) };
  }
}
