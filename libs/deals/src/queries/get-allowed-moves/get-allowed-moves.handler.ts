import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { allowedStages } from '../../domain/deal-stage-machine.js';
import { DealReader } from '../../persistence/deal.reader.js';
import { GetAllowedMoves } from './get-allowed-moves.query.js';
import type { AllowedMovesView } from './get-allowed-moves.query.js';

@QueryHandler(GetAllowedMoves)
export class GetAllowedMovesHandler implements IQueryHandler<GetAllowedMoves> {
  constructor(private readonly deals: DealReader) {}

  async execute({ dealId }: GetAllowedMoves): Promise<AllowedMovesView> {
    const currentStage = await this.deals.stageOf(dealId);
    return { dealId, currentStage, allowedStages: allowedStages(currentStage) };
  }
}
