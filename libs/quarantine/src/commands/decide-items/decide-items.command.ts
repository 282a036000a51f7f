import { Command } from '@nestjs/cqrs';
import type { DecidedItem, ItemDecision } from '../decide-item/decide-item.command.js';

/** What became of one item of {@link DecideItems}. */
export type ItemResult =
  { readonly itemId: string; readonly decided: DecidedItem } | { readonly itemId: string; readonly code: string; readonly detail: string };

/** Decide on many mails alike, all in one transaction; one that refuses does not hold back the others. */
export class DecideItems extends Command<readonly ItemResult[]> {
  constructor(
    /** Without repeats. */
    readonly itemIds: readonly string[],
    readonly decision: ItemDecision,
    readonly decidedBy: string,
    /** The person for whom the caller says it acts; only a note, because the caller acts. */
    readonly onBehalfNote?: string,
  ) {
    super();
  }
}
