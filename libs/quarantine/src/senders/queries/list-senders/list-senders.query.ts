import { Query } from '@nestjs/cqrs';
import type { Page } from '../../../persistence/item.reader.js';
import type { SenderFilter, SenderPlace, SenderView } from '../../views/sender.js';

/** Senders, latest mail first. */
export class ListSenders extends Query<Page<SenderView, SenderPlace>> {
  constructor(
    readonly filter: SenderFilter,
    readonly limit: number,
    readonly start: { readonly offset: number } | { readonly after: SenderPlace },
  ) {
    super();
  }
}
