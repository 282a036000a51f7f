import type { DealAlias } from '../../domain/deal-alias.js';

/** An alias as it is shown. */
export interface AliasView extends DealAlias {
  readonly createdAt: Date;
}
