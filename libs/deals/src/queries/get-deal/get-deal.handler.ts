import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import type { DealView } from './deal.view.js';
import { GetDeal } from './get-deal.query.js';

@QueryHandler(GetDeal)
export class GetDealHandler implements IQueryHandler<GetDeal> {
  constructor(private readonly deals: DealReader) {}

  async execute({ dealId }: GetDeal): Promise<DealView> {
    return this.deals.get(dealId);
  }
}
