import type { Scope } from '#zakops/auth';
import { Query } from '@nestjs/cqrs';
import type { LookupHit } from '../../sources/lookup-source.js';

/** What an id is, and where it is shown. Exact matches only; empty when nothing has it. */
export class LookupId extends Query<readonly LookupHit[]> {
  constructor(
    readonly text: string,
    /** Of the caller; undefined for one who may see everything. */
    readonly scopes: ReadonlySet<Scope> | readonly Scope[] | undefined,
  ) {
    super();
  }
}
