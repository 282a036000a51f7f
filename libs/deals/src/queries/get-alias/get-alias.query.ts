import { Query } from '@nestjs/cqrs';
import type { RecordedAlias } from '../../domain/deal-alias.js';

/** An alias, and the version of its deal: a change of one is a change of the other. */
export interface AliasOfDeal {
  readonly alias: RecordedAlias;
  readonly dealVersion: number;
}

/** One alias of a deal; fails with DealNotFoundError or AliasNotFoundError. */
export class GetAlias extends Query<AliasOfDeal> {
  constructor(
    readonly dealId: string,
    readonly aliasId: string,
  ) {
    super();
  }
}
