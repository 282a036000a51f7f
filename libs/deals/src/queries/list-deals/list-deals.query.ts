import { Query } from '@nestjs/cqrs';
import type { DealView } from '../get-deal/deal.view.js';
import type { Page } from '../page.js';

/** What a list of deals is narrowed to. */
export interface DealFilter {
  readonly stage: string | undefined;
  readonly status: string;
  /** Part of the canonical or display name; case does not count, and no character is special. */
  readonly search: string | undefined;
}

/** The sort key of a deal in the list. */
export interface DealKey {
  /** ISO 8601 with microseconds: a Date would cut them off, and the deals of one millisecond would be skipped. */
  readonly updatedAt: string;
  readonly dealId: string;
}

/** Where a page of the list begins. */
export type DealPageStart = { readonly after: DealKey } | { readonly offset: number };

/** Deals, last changed first; deals of the same instant by falling id. */
export class ListDeals extends Query<Page<DealView, DealKey>> {
  constructor(
    readonly filter: DealFilter,
    readonly limit: number,
    readonly start: DealPageStart,
  ) {
    super();
  }
}
