import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { GetDeal } from './get-deal.query.js';

@QueryHandler(GetDeal)
export class GetDealHandler implements IQueryHandler<GetDeal> {
  constructor(private readonly deals: DealReader) {}

  async execute({ dealId }: GetDeal): Promise<DealSnapshot> {
    return this.deals.get(dealId);
  }
}
