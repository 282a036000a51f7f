import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ActivitySummaryReader } from '../../persistence/activity-summary.reader.js';
import type { ActivitySummaryView } from '../../views/activity-summary.js';
import { GetActivitySummary } from './get-activity-summary.query.js';

@QueryHandler(GetActivitySummary)
export class GetActivitySummaryHandler implements IQueryHandler<GetActivitySummary> {
  constructor(private readonly summaries: ActivitySummaryReader) {}

  async execute({ dealId }: GetActivitySummary): Promise<ActivitySummaryView> {
    return this.summaries.get(dealId);
  }
}
