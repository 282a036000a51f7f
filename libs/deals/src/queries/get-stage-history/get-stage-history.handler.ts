import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import type { Page } from '../page.js';
import { GetStageHistory } from './get-stage-history.query.js';
import type { StageMoveKey, StageMoveView } from './get-stage-history.query.js';

@QueryHandler(GetStageHistory)
export class GetStageHistoryHandler implements IQueryHandler<GetStageHistory> {
  constructor(
    private readonly deals: DealReader,
    private readonly trail: DealTrailReader,
  ) {}

  async execute({ dealId, limit, after }: GetStageHistory): Promise<Page<StageMoveView, StageMoveKey>> {
    await this.deals.stageOf(dealId);
    return this.trail.moves(dealId, limit, after);
  }
}
