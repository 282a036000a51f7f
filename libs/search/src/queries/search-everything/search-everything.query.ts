import type { Scope } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';
import type { SearchKind } from '../../sources/search-source.js';

/** A hit as it is shown among others. */
export interface GlobalHit {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
}

/** The best hits of each kind, and the kinds that the caller may not read. */
export interface GlobalHits {
  readonly hits: ReadonlyMap<SearchKind, readonly GlobalHit[]>;
  readonly leftOut: readonly SearchKind[];
}

/** Rows of all kinds that the caller may read, the best ones of the newest first. */
export class SearchEverything extends Query<GlobalHits> {
  constructor(
    readonly q: string,
    readonly limit: number,
    readonly scopes: ReadonlySet<Scope>,
  ) {
    super();
  }
}
