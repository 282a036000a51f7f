import type { DeadTicketFilter } from '#zakops/outbox';
import { Query } from '@nestjs/cqrs';
import type { DeadLetterView } from '../dead-letter.view.js';

/** The sort key of an entry. */
export interface DeadLetterKey {
  /** ISO 8601 with microseconds: a Date would cut them off, and entries of the same millisecond would be skipped. */
  readonly failedAt: string;
  readonly entryId: string;
}

/** Where a page begins. */
export type DeadLetterPageStart = { readonly after: DeadLetterKey } | { readonly offset: number };

/** A part of the list. */
export interface DeadLetterPage {
  readonly entries: readonly DeadLetterView[];
  /** All that fit the filter. */
  readonly total: number;
  /** After which entry the next part begins; null at the end. */
  readonly next: DeadLetterKey | null;
}

/** Dead letters, last failed first; those of the same instant by falling id. */
export class ListDeadLetters extends Query<DeadLetterPage> {
  constructor(
    readonly filter: DeadTicketFilter,
    readonly limit: number,
    readonly start: DeadLetterPageStart,
  ) {
    super();
  }
}
