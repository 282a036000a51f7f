import { ArrayField, BooleanField, DateTimeField, IntegerField, JsonField, NumberField, StringField, UuidField } from '#zakops/http';
import type { ItemView } from '../../views/item.js';

const MAYBE = { nullable: true } as const;

/** A mail in quarantine. */
export class QuarantineItemResponse {
  @UuidField()
  id!: string;

  @StringField({ example: '<1@example.com>' })
  message_id!: string;

  @StringField(MAYBE)
  email_subject!: string | null;

  @StringField({ nullable: true, example: 'Bo Broker <bo@example.com>' })
  sender!: string | null;

  @StringField({ nullable: true, example: 'example.com' })
  sender_domain!: string | null;

  @DateTimeField(MAYBE)
  received_at!: string | null;

  @StringField({ nullable: true, example: 'DEAL_SIGNAL', description: 'A `MailClassification`; adopted items may hold another text.' })
  classification!: string | null;

  @StringField({ nullable: true, example: 'HIGH' })
  urgency!: string | null;

  @NumberField(MAYBE)
  confidence!: number | null;

  @StringField(MAYBE)
  company_name!: string | null;

  @StringField(MAYBE)
  broker_name!: string | null;

  @StringField({ example: 'pending', description: 'A `QuarantineStatus`; adopted items may hold another text.' })
  status!: string;

  @DateTimeField()
  created_at!: string;

  @StringField(MAYBE)
  sender_name!: string | null;

  @StringField(MAYBE)
  sender_company!: string | null;

  @BooleanField(MAYBE)
  is_broker!: boolean | null;

  @StringField(MAYBE)
  thread_id!: string | null;

  @ArrayField('json')
  links!: unknown[];

  @ArrayField('json')
  attachments!: unknown[];

  @StringField({ nullable: true, description: 'The operator who decided.' })
  processed_by!: string | null;

  @DateTimeField(MAYBE)
  processed_at!: string | null;

  @StringField({ nullable: true, description: 'Of a rejection or a discard.' })
  reason!: string | null;

  @StringField({ nullable: true, example: 'DEAL-000001' })
  deal_id!: string | null;

  @BooleanField({ description: 'Whether the approval opened the deal; false when it linked to one.' })
  deal_created!: boolean;

  @BooleanField()
  hidden!: boolean;

  @IntegerField({ min: 0 })
  note_count!: number;

  @JsonField({ description: 'Listing ids, broker references, sector and location, by which deals are matched.' })
  clues!: unknown;
}

/** From the view to the wire. */
export function toQuarantineItemResponse(item: ItemView): QuarantineItemResponse {
  const { listingIds, brokerReferences, sector, city, state } = item.clues;
  return {
    id: item.id,
    message_id: item.messageId,
    email_subject: item.subject,
    sender: item.sender,
    sender_domain: item.senderDomain,
    received_at: item.receivedAt?.toISOString() ?? null,
    classification: item.classification,
    urgency: item.urgency,
    confidence: item.confidence,
    company_name: item.companyName,
    broker_name: item.brokerName,
    status: item.status,
    created_at: item.createdAt.toISOString(),
    sender_name: item.senderName,
    sender_company: item.senderCompany,
    is_broker: item.isBroker,
    thread_id: item.threadId,
    links: [...item.links],
    attachments: [...item.attachments],
    processed_by: item.processedBy,
    processed_at: item.processedAt?.toISOString() ?? null,
    reason: item.reason,
    deal_id: item.dealId,
    deal_created: item.dealCreated,
    hidden: item.hidden,
    note_count: item.noteCount,
    clues: { listing_ids: listingIds, broker_reference_ids: brokerReferences, sector, city, state },
  };
}
