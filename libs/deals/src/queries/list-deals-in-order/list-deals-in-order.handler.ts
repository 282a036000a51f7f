import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealReader } from '../../persistence/deal.reader.js';
import type { FixedDealPlace } from '../../views/deal-list.js';
import type { Page } from '../../views/page.js';
import { ListDealsInOrder } from './list-deals-in-order.query.js';

@QueryHandler(ListDealsInOrder)
export class ListDealsInOrderHandler implements IQueryHandler<ListDealsInOrder> {
  constructor(private readonly deals: DealReader) {}

  async execute({ filter, order, limit, start }: ListDealsInOrder): Promise<Page<DealSnapshot, FixedDealPlace>> {
    return this.deals.listInOrder(filter, order, limit, start);
  }
}
