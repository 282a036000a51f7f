import { Query } from '@nestjs/cqrs';
import type { Page } from '../../persistence/item.reader.js';
import type { ItemFilter, ItemPlace, ItemView } from '../../views/item.js';

/** Items by urgency, then newest first. */
export class ListItems extends Query<Page<ItemView, ItemPlace>> {
  constructor(
    readonly filter: ItemFilter,
    readonly limit: number,
    readonly start: { readonly offset: number } | { readonly after: ItemPlace },
  ) {
    super();
  }
}
