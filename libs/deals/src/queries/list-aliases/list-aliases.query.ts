import { Query } from '@nestjs/cqrs';
import type { Page } from '../page.js';
import type { RecordedAlias } from '../../domain/deal-alias.js';

/** The sort key of an alias. */
export interface AliasKey {
  readonly confidence: string;
  readonly id: string;
}

/** The aliases of a deal, highest confidence first, then oldest id. Fails with DealNotFoundError. */
export class ListAliases extends Query<Page<RecordedAlias, AliasKey>> {
  constructor(
    readonly dealId: string,
    readonly limit: number,
    readonly after: AliasKey | undefined,
  ) {
    super();
  }
}
