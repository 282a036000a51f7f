import { BooleanField, CURSOR_RULES, EnumField, IntegerField, OFFSET_DESCRIPTION, PageQuery, StringField, stringRule } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { CLASSIFICATIONS, URGENCIES } from '../../domain/mail.js';
import { ITEM_STATUSES } from '../../domain/quarantine-item.js';

/** Filters and paging of the queue. */
export class ListItemsParams extends PageQuery {
  @EnumField(ITEM_STATUSES, 'QuarantineStatus', { optional: true, default: 'pending' })
  status = 'pending';

  @EnumField(CLASSIFICATIONS, 'MailClassification', { optional: true })
  classification?: string;

  @EnumField(URGENCIES, 'MailUrgency', { optional: true })
  urgency?: string;

  @StringField({ optional: true, min: 3, max: 320, description: 'Only mail from this address.' })
  sender?: string;

  @BooleanField({ optional: true, default: false, description: 'True for hidden items only.' })
  hidden = false;

  @IntegerField({
    min: 0,
    max: 1_000_000,
    optional: true,
    default: 0,
    deprecated: 'offset',
    description: `${OFFSET_DESCRIPTION} Ignored when there is a \`cursor\`, which is faster and exact.`,
  })
  offset = 0;
}

/** Paging of the notes on an item. */
export class NoteListParams extends PageQuery {}

/** What the members of a cursor of the queue may be. */
export const ITEM_PLACE_RULES = {
  rank: stringRule({ pattern: /^[012]$/ }),
  at: CURSOR_RULES.instant,
  id: CURSOR_RULES.uuid,
} satisfies Record<string, ValueRule>;
