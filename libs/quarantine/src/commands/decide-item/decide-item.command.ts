import type { DealProposal } from '#zakops/contracts';
import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';

/** Which deal an approval goes to: a new one, a named one, or the default proposal if there is one and else a new one. */
export type ApprovalTarget = { readonly deal: 'new' | 'proposed' } | { readonly dealId: string };

/** What an operator decides. */
export type ItemDecision =
  | { readonly kind: 'approve'; readonly target: ApprovalTarget }
  | { readonly kind: 'reject' | 'discard'; readonly reason: string | null }
  | { readonly kind: 'restore' | 'undo' | 'hide' };

/** The result of a decision. */
export interface DecidedItem {
  readonly itemId: string;
  readonly status: string;
  readonly hidden: boolean;
  readonly dealId: string | null;
  readonly dealCreated: boolean;
  /** The proposal that an approval followed; null when it followed none. */
  readonly proposal: DealProposal | null;
  /** Of the item, after the decision. */
  readonly version: number;
}

/** Decide on a mail. */
export class DecideItem extends Command<DecidedItem> {
  constructor(
    readonly itemId: string,
    readonly decision: ItemDecision,
    readonly decidedBy: string,
    /** A note that is kept with the decision. */
    readonly note: string | null,
    /** The versions on which the caller bases its decision; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
    /** The person for whom the caller says it acts; only a note, because the caller acts. */
    readonly onBehalfNote?: string,
  ) {
    super();
  }
}
