import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { DealPartsReader } from '../../persistence/deal-parts.reader.js';
import type { Page } from '../../views/page.js';
import { GetStageHistory } from './get-stage-history.query.js';
import type { StageMoveKey, StageMoveView } from '../../views/stage-move.js';

@QueryHandler(GetStageHistory)
export class GetStageHistoryHandler implements IQueryHandler<GetStageHistory> {
  constructor(
    private readonly deals: DealReader,
    private readonly parts: DealPartsReader,
  ) {}

  async execute({ dealId, limit, after }: GetStageHistory): Promise<Page<StageMoveView, StageMoveKey>> {
    await this.deals.stageOf(dealId);
    return this.parts.moves(dealId, limit, after);
  }
}
