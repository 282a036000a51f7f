import { ArrayField, BooleanField, EnumField, StringField, UuidField, uuidRule } from '#zakops/http';
import type { ApprovalTarget, ItemDecision } from '../../commands/decide-item/decide-item.command.js';

const DEAL_ID = { pattern: /^DEAL-\d{6,}$/, max: 23, patternHint: 'must look like DEAL-000001', example: 'DEAL-000001' } as const;
const NOTES = {
  optional: true,
  nullable: true,
  min: 1,
  max: 20_000,
  description: 'Added to the notes of the item, by the caller.',
} as const;
const REASON = { optional: true, nullable: true, max: 2_000, example: 'a newsletter' } as const;
const OPERATOR = {
  optional: true,
  nullable: true,
  max: 200,
  description: 'The audit log keeps a name other than that of the caller as `on_behalf_note`. The caller is always the one who decides.',
} as const;

/** The path of an item. */
export class ItemPath {
  @UuidField()
  id!: string;
}

/** What `POST /api/quarantine/{id}/process` takes. */
export class ProcessItemRequest {
  @EnumField(['approve', 'reject'], 'ProcessAction')
  action!: 'approve' | 'reject';

  @StringField(OPERATOR)
  processed_by?: string | null;

  @StringField({ ...DEAL_ID, optional: true, nullable: true, description: 'The deal to link to; without it an approval opens one.' })
  deal_id?: string | null;

  @StringField(NOTES)
  notes?: string | null;
}

/** What `POST /api/quarantine/{id}/approve` takes. */
export class ApproveItemRequest {
  @StringField({ ...DEAL_ID, optional: true, nullable: true, description: 'The deal to link to.' })
  deal_id?: string | null;

  @StringField({ ...DEAL_ID, optional: true, nullable: true, description: 'As `deal_id`: the older name.' })
  link_to_deal_id?: string | null;

  @BooleanField({ optional: true, default: false, description: 'True to open a deal even if there is a default proposal.' })
  create_new = false;

  @StringField(NOTES)
  notes?: string | null;

  @StringField(OPERATOR)
  operator?: string | null;
}

/** What `reject` and `discard` take. */
export class PutAsideRequest {
  @StringField(REASON)
  reason?: string | null;

  @StringField(NOTES)
  notes?: string | null;

  @StringField(OPERATOR)
  operator?: string | null;
}

/** What `POST /api/quarantine/{id}/resolve` takes. */
export class ResolveItemRequest {
  @EnumField(['link_to_deal', 'create_new_deal', 'discard'], 'Resolution')
  resolution!: 'link_to_deal' | 'create_new_deal' | 'discard';

  @StringField({ ...DEAL_ID, optional: true, nullable: true, description: 'Needed for `link_to_deal`.' })
  deal_id?: string | null;

  @StringField(REASON)
  reason?: string | null;

  @StringField(OPERATOR)
  operator?: string | null;
}

/** What `POST /api/quarantine/bulk-delete` takes. */
export class HideItemsRequest {
  @ArrayField(uuidRule(), { minItems: 1, maxItems: 500, unique: true })
  ids!: string[];

  @StringField(OPERATOR)
  operator?: string | null;
}

/** What `POST /api/quarantine/bulk` takes. */
export class DecideItemsRequest extends HideItemsRequest {
  @EnumField(['approve', 'reject', 'discard', 'restore', 'undo', 'hide'], 'BulkDecision')
  action!: ItemDecision['kind'];

  @StringField(REASON)
  reason?: string | null;
}

/** What `POST /api/quarantine/{id}/notes` takes. */
export class AddItemNoteRequest {
  @StringField({ min: 1, max: 20_000, notBlank: true, example: 'called the broker' })
  content!: string;
}

/** Which deal an approval goes to. */
export function toTarget({ deal_id: dealId, link_to_deal_id: olderName, create_new: isNew }: ApproveItemRequest): ApprovalTarget {
  const named = dealId ?? olderName ?? undefined;
  if (named !== undefined) return { dealId: named };
  return { deal: isNew ? 'new' : 'proposed' };
}
