import { Query } from '@nestjs/cqrs';
import type { AliasKey } from '../../views/alias.js';
import type { Page } from '../../views/page.js';
import type { RecordedAlias } from '../../domain/deal-alias.js';

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
