import { Query } from '@nestjs/cqrs';
import type { Proposals } from '../../proposals/default-proposal.js';
import type { ItemWithBody } from '../../views/item.js';

/** An item with the deals that it may belong to. */
export interface ItemPreview extends Proposals {
  readonly item: ItemWithBody;
}

/** What an operator sees before the decision; fails with ItemNotFoundError. */
export class PreviewItem extends Query<ItemPreview> {
  constructor(readonly id: string) {
    super();
  }
}
