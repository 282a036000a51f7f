import { Query } from '@nestjs/cqrs';
import type { PlacedHit, SearchFilters, SearchPlace } from '../../persistence/search.reader.js';
import type { SearchKind } from '../../sources/search-source.js';
import type { SearchTerms } from '../../words/search-terms.js';
import type { Fragment } from '../../words/highlight.js';

/** A found row, with the fields in which it was found. */
export interface Hit {
  readonly row: PlacedHit;
  readonly highlights: Readonly<Record<string, readonly Fragment[]>>;
}

/** Where a walk goes on: the place, and the words with the corrections of the first page. */
export interface SearchStart {
  readonly place: SearchPlace;
  readonly terms: SearchTerms;
}

/** A page of hits. */
export interface HitPage {
  readonly hits: readonly Hit[];
  readonly next: SearchStart | null;
  /** Words that were looked for beside those that were given, because these gave too few hits. */
  readonly corrections: readonly string[];
}

/** Rows of one kind with all of the given words, newest first. */
export class SearchOfKind extends Query<HitPage> {
  constructor(
    readonly kind: SearchKind,
    readonly q: string,
    readonly filters: SearchFilters,
    readonly limit: number,
    readonly start: SearchStart | undefined,
  ) {
    super();
  }
}
