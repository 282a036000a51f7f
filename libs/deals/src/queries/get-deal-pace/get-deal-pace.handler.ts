import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DealPace } from '../../views/velocity.js';
import { DealNotFoundError } from '../../domain/deal.errors.js';
import { VelocityReader } from '../../persistence/velocity.reader.js';
import { GetDealPace } from './get-deal-pace.query.js';

@QueryHandler(GetDealPace)
export class GetDealPaceHandler implements IQueryHandler<GetDealPace> {
  constructor(private readonly velocity: VelocityReader) {}

  async execute(query: GetDealPace): Promise<DealPace> {
    const pace = await this.velocity.pace(query.dealId);
    if (pace === undefined) throw new DealNotFoundError(query.dealId);
    return pace;
  }
}
