import { Query } from '@nestjs/cqrs';
import type { DealFilter, DealPageStart, DealPlace } from '../../views/deal-list.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import type { Page } from '../../views/page.js';

/** Deals, last changed first, deals of the same instant by falling id; at the end of a walk those that changed meanwhile. */
export class ListDeals extends Query<Page<DealSnapshot, DealPlace>> {
  constructor(
    readonly filter: DealFilter,
    readonly limit: number,
    readonly start: DealPageStart,
  ) {
    super();
  }
}
