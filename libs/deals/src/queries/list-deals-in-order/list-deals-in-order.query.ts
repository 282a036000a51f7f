import { Query } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import type { DealFilter, DealOrder, FixedDealPlace } from '../../views/deal-list.js';
import type { Page } from '../../views/page.js';

/** Deals in an order that never changes. */
export class ListDealsInOrder extends Query<Page<DealSnapshot, FixedDealPlace>> {
  constructor(
    readonly filter: DealFilter,
    readonly order: Exclude<DealOrder, 'updated_at'>,
    readonly limit: number,
    readonly start: { readonly offset: number } | { readonly after: FixedDealPlace },
  ) {
    super();
  }
}
