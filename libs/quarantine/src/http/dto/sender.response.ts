import { ArrayField, BooleanField, DateTimeField, EnumField, IntegerField, StringField, UuidField } from '#zakops/http';
import { QUALITY_RATINGS, SENDER_TYPES } from '../../senders/views/sender.js';
import type { SenderView } from '../../senders/views/sender.js';

/** A sender of mail. */
export class SenderResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'bo@example.com' })
  email!: string;

  @StringField({ example: 'example.com' })
  domain!: string;

  @StringField({ nullable: true, example: 'Bo Broker' })
  name!: string | null;

  @StringField({ nullable: true })
  company!: string | null;

  @StringField({ nullable: true, example: 'managing partner' })
  role!: string | null;

  @EnumField(SENDER_TYPES, 'SenderType')
  sender_type!: string;

  @EnumField(QUALITY_RATINGS, 'SenderQuality')
  quality_rating!: string;

  @BooleanField()
  is_broker!: boolean;

  @IntegerField({ min: 0, description: 'Mails that came in. May be behind by the delay of delivery.' })
  total_emails!: number;

  @IntegerField({ min: 0, description: 'Those of them that belong to a deal.' })
  deal_emails!: number;

  @DateTimeField({ nullable: true })
  last_email_at!: string | null;

  @ArrayField('string', { example: ['DEAL-000001'] })
  associated_deal_ids!: string[];

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;
}

/** From the view to the wire. */
export function toSenderResponse(sender: SenderView): SenderResponse {
  return {
    id: sender.id,
    email: sender.email,
    domain: sender.domain,
    name: sender.name,
    company: sender.company,
    role: sender.role,
    sender_type: sender.senderType,
    quality_rating: sender.qualityRating,
    is_broker: sender.isBroker,
    total_emails: sender.totalEmails,
    deal_emails: sender.dealEmails,
    last_email_at: sender.lastEmailAt?.toISOString() ?? null,
    associated_deal_ids: [...sender.associatedDealIds],
    created_at: sender.createdAt.toISOString(),
    updated_at: sender.updatedAt.toISOString(),
  };
}
