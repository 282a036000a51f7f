import { BooleanField, EnumField, InputError, StringField } from '#zakops/http';
import { QUALITY_RATINGS, SENDER_TYPES } from '../../senders/views/sender.js';
import type { SenderFields } from '../../senders/views/sender.js';

const TEXT = { optional: true, nullable: true, max: 200 } as const;

/** What `PATCH /api/senders/{email}` takes: at least one field. */
export class UpdateSenderRequest {
  @StringField(TEXT)
  name?: string | null;

  @StringField(TEXT)
  company?: string | null;

  @StringField({ ...TEXT, example: 'managing partner' })
  role?: string | null;

  @EnumField(SENDER_TYPES, 'SenderType', { optional: true })
  sender_type?: string;

  @EnumField(QUALITY_RATINGS, 'SenderQuality', { optional: true })
  quality_rating?: string;

  @BooleanField({ optional: true })
  is_broker?: boolean;
}

/**
 * From the wire to what the command takes.
 *
 * @throws InputError when it names no field at all
 */
export function toSenderFields(request: UpdateSenderRequest): Partial<SenderFields> {
  if (Object.values(request).every((value) => value === undefined)) {
    throw new InputError([{ pointer: '', detail: 'The body must name at least one field to change', code: 'EMPTY' }]);
  }
  const { name, company, role, sender_type: senderType, quality_rating: qualityRating, is_broker: isBroker } = request;
  return {
    ...(name === undefined ? {} : { name }),
    ...(company === undefined ? {} : { company }),
    ...(role === undefined ? {} : { role }),
    ...(senderType === undefined ? {} : { senderType }),
    ...(qualityRating === undefined ? {} : { qualityRating }),
    ...(isBroker === undefined ? {} : { isBroker }),
  };
}
