import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import type { Page } from '../../views/page.js';
import { ListDeals } from './list-deals.query.js';
import type { DealPlace } from '../../views/deal-list.js';

@QueryHandler(ListDeals)
export class ListDealsHandler implements IQueryHandler<ListDeals> {
  constructor(private readonly deals: DealReader) {}

  async execute({ filter, limit, start }: ListDeals): Promise<Page<DealSnapshot, DealPlace>> {
    return this.deals.list(filter, limit, start);
  }
}
