import { Timeline } from '#zakops/timeline';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { GetTimeline } from './get-timeline.query.js';
import type { TimelineView } from './get-timeline.query.js';

@QueryHandler(GetTimeline)
export class GetTimelineHandler implements IQueryHandler<GetTimeline> {
  constructor(
    private readonly deals: DealReader,
    private readonly timeline: Timeline,
  ) {}

  async execute({ dealId, type, start, limit }: GetTimeline): Promise<TimelineView> {
    // Asked for together; a deal that does not exist fails the first and has no entries.
    const [, page, totalAvailable] = await Promise.all([
      this.deals.stageOf(dealId),
      this.timeline.page(dealId, type, start, limit),
      this.timeline.count(dealId, type),
    ]);
    return { ...page, totalAvailable };
  }
}
