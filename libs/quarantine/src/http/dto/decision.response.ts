import { ArrayField, BooleanField, DateTimeField, IntegerField, ObjectField, StringField, UuidField } from '#zakops/http';
import type { DecidedItem } from '../../commands/decide-item/decide-item.command.js';
import type { ItemResult } from '../../commands/decide-items/decide-items.command.js';
import type { NoteView, QueueStats } from '../../views/item.js';
import { DealProposalResponse, toDealProposalResponse } from './preview.response.js';

/** The result of a decision on a mail. */
export class DecidedItemResponse {
  @StringField({ example: 'approved' })
  status!: string;

  @UuidField()
  item_id!: string;

  @StringField({ nullable: true, example: 'DEAL-000001' })
  deal_id!: string | null;

  @BooleanField({ description: 'Whether the approval opened the deal.' })
  deal_created!: boolean;

  @BooleanField()
  hidden!: boolean;

  @ObjectField(() => DealProposalResponse, {
    nullable: true,
    description: 'The proposal that an approval without a deal followed, and why.',
  })
  proposal!: DealProposalResponse | null;
}

/** What became of one item of a bulk call. */
export class ItemResultResponse {
  @UuidField()
  item_id!: string;

  @BooleanField()
  ok!: boolean;

  @StringField({ nullable: true, description: 'Of the item, when it was decided.' })
  status!: string | null;

  @StringField({ nullable: true })
  deal_id!: string | null;

  @StringField({ nullable: true, description: 'The problem code of a refusal.', example: 'QUARANTINE_ITEM_DECIDED' })
  code!: string | null;

  @StringField({ nullable: true })
  detail!: string | null;
}

/** What became of the items of a bulk call. */
export class DecideItemsResponse {
  @IntegerField({ min: 0 })
  succeeded!: number;

  @IntegerField({ min: 0 })
  failed!: number;

  @ArrayField(() => ItemResultResponse, { description: 'In the order of the request.' })
  results!: ItemResultResponse[];
}

/** A note on a mail. */
export class ItemNoteResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'called the broker' })
  content!: string;

  @StringField({ example: 'ann@example.com' })
  author!: string;

  @DateTimeField()
  created_at!: string;
}

/** How much mail waits. */
export class QuarantineHealthResponse {
  @IntegerField({ min: 0 })
  pending!: number;

  @IntegerField({ min: 0, description: 'Those of high urgency.' })
  high_urgency!: number;

  @DateTimeField({ nullable: true })
  oldest_pending_at!: string | null;

  @BooleanField({ description: 'True from ten pending items on.' })
  attention_needed!: boolean;
}

const ATTENTION_FROM = 10;

/** From the result to the wire. */
export function toDecidedItemResponse(decided: DecidedItem): DecidedItemResponse {
  const { status, itemId, dealId, dealCreated, hidden, proposal } = decided;
  return {
    status,
    item_id: itemId,
    deal_id: dealId,
    deal_created: dealCreated,
    hidden,
    proposal: proposal === null ? null : toDealProposalResponse(proposal),
  };
}

/** From the results to the wire. */
export function toDecideItemsResponse(results: readonly ItemResult[]): DecideItemsResponse {
  const failed = results.filter((result) => 'code' in result).length;
  return { succeeded: results.length - failed, failed, results: results.map(toItemResultResponse) };
}

function toItemResultResponse(result: ItemResult): ItemResultResponse {
  if ('code' in result) {
    return { item_id: result.itemId, ok: false, status: null, deal_id: null, code: result.code, detail: result.detail };
  }
  const { status, dealId } = result.decided;
  return { item_id: result.itemId, ok: true, status, deal_id: dealId, code: null, detail: null };
}

/** From the view to the wire. */
export function toItemNoteResponse({ id, content, author, createdAt }: NoteView): ItemNoteResponse {
  return { id, content, author, created_at: createdAt.toISOString() };
}

/** From the view to the wire. */
export function toQuarantineHealthResponse({ pending, high, oldestAt }: QueueStats): QuarantineHealthResponse {
  return {
    pending,
    high_urgency: high,
    oldest_pending_at: oldestAt?.toISOString() ?? null,
    attention_needed: pending >= ATTENTION_FROM,
  };
}
