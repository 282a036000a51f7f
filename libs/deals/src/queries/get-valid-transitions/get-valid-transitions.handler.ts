import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { allowedStages } from '../../domain/deal-stage-machine.js';
import { DealReader } from '../../persistence/deal.reader.js';
import { GetValidTransitions } from './get-valid-transitions.query.js';
import type { ValidTransitionsView } from './get-valid-transitions.query.js';

@QueryHandler(GetValidTransitions)
export class GetValidTransitionsHandler implements IQueryHandler<GetValidTransitions> {
  constructor(private readonly deals: DealReader) {}

  async execute({ dealId }: GetValidTransitions): Promise<ValidTransitionsView> {
    const currentStage = await this.deals.stageOf(dealId);
    return { dealId, currentStage, validTransitions: allowedStages(currentStage) };
  }
}
