import type { WalkBegin } from '#zakops/database';

/** What a list of deals is narrowed to. */
export interface DealFilter {
  readonly stage: string | undefined;
  readonly status: string;
  /** Part of the canonical or display name; case does not count, and no character is special. */
  readonly search: string | undefined;
  /** Part of the name of the broker, compared as `search`. */
  readonly broker?: string | undefined;
}

/** The orders of the list of deals. */
export const DEAL_ORDERS = ['updated_at', 'created_at', 'deal_id'] as const;

/** One of {@link DEAL_ORDERS}. */
export type DealOrder = (typeof DEAL_ORDERS)[number];

/** The place of a deal in an order that never changes. */
export interface FixedDealPlace {
  readonly dealId: string;
  /** With microseconds. */
  readonly createdAt: string;
}

/**
 * The parts of a walk. `listed`: deals that have not changed since it began. `changed`: deals that were changed or opened since, by their
 * ids, which do not change; `ended` is the place in front of them.
 */
export const DEAL_LIST_PARTS = ['listed', 'ended', 'changed'] as const;

/** Where a walk stands: behind a deal of one of its parts. */
export interface DealPlace {
  readonly part: (typeof DEAL_LIST_PARTS)[number];
  readonly dealId: string;
  /** ISO 8601 with microseconds: a Date would cut them off, and the deals of one millisecond would be skipped. */
  readonly updatedAt: string;
  readonly begin: WalkBegin;
}

/** Where a page of the list begins. */
export type DealPageStart = { readonly after: DealPlace } | { readonly offset: number };
