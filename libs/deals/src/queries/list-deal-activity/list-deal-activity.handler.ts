import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import type { Page } from '../page.js';
import { ListDealActivity } from './list-deal-activity.query.js';
import type { ActivityKey, ActivityView } from './list-deal-activity.query.js';

@QueryHandler(ListDealActivity)
export class ListDealActivityHandler implements IQueryHandler<ListDealActivity> {
  constructor(
    private readonly deals: DealReader,
    private readonly trail: DealTrailReader,
  ) {}

  async execute({ dealId, limit, after }: ListDealActivity): Promise<Page<ActivityView, ActivityKey>> {
    await this.deals.stageOf(dealId);
    return this.trail.activity(dealId, limit, after);
  }
}
