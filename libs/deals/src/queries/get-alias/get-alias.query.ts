import { Query } from '@nestjs/cqrs';
import type { AliasView } from '../list-aliases/alias.view.js';

/** One alias of a deal; fails with DealNotFoundError or AliasNotFoundError. */
export class GetAlias extends Query<AliasView> {
  constructor(
    readonly dealId: string,
    readonly aliasId: string,
  ) {
    super();
  }
}
