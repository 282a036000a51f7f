import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealReader } from '../../persistence/deal.reader.js';
import { GetStoredDeal } from './get-stored-deal.query.js';

@QueryHandler(GetStoredDeal)
export class GetStoredDealHandler implements IQueryHandler<GetStoredDeal> {
  constructor(private readonly deals: DealReader) {}

  async execute({ dealId }: GetStoredDeal): Promise<DealSnapshot> {
    return this.deals.stored(dealId);
  }
}
