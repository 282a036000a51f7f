import { Command } from '@nestjs/cqrs';
import type { DealAlias } from '../../domain/deal-alias.js';

/** What came of {@link AddAlias}. */
export interface AddedAlias {
  readonly aliasId: string;
}

/** Give a deal another name by which mail about it is recognised. */
export class AddAlias extends Command<AddedAlias> {
  constructor(
    readonly dealId: string,
    readonly alias: Omit<DealAlias, 'id'>,
  ) {
    super();
  }
}
