import { BooleanField, CURSOR_RULES, EnumField, IntegerField, OFFSET_DESCRIPTION, PageQuery, StringField } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import { QUALITY_RATINGS, SENDER_TYPES } from '../../senders/views/sender.js';

/** Filters and paging of the list of senders. */
export class ListSendersParams extends PageQuery {
  @BooleanField({ optional: true })
  is_broker?: boolean;

  @EnumField(SENDER_TYPES, 'SenderType', { optional: true })
  sender_type?: string;

  @EnumField(QUALITY_RATINGS, 'SenderQuality', { optional: true })
  quality_rating?: string;

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

/** The path of a sender. */
export class SenderPath {
  @StringField({ min: 3, max: 320, example: 'bo@example.com' })
  email!: string;
}

/** What the members of a cursor of senders may be. */
export const SENDER_PLACE_RULES = {
  // Empty for a sender without mail.
  at: { ...CURSOR_RULES.instant, faults: (value) => (value === '' ? [] : CURSOR_RULES.instant.faults(value)) },
  id: CURSOR_RULES.uuid,
} satisfies Record<string, ValueRule>;
