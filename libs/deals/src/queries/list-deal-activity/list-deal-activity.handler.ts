import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { DealPartsReader } from '../../persistence/deal-parts.reader.js';
import type { Page } from '../../views/page.js';
import { ListDealActivity } from './list-deal-activity.query.js';
import type { ActivityKey, ActivityView } from '../../views/activity.js';

@QueryHandler(ListDealActivity)
export class ListDealActivityHandler implements IQueryHandler<ListDealActivity> {
  constructor(
    private readonly deals: DealReader,
    private readonly parts: DealPartsReader,
  ) {}

  async execute({ dealId, limit, after }: ListDealActivity): Promise<Page<ActivityView, ActivityKey>> {
    await this.deals.stageOf(dealId);
    return this.parts.activity(dealId, limit, after);
  }
}
