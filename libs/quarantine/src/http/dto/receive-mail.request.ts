import {
  ArrayField,
  BooleanField,
  DateTimeField,
  EnumField,
  IntegerField,
  NumberField,
  ObjectField,
  StringField,
  stringRule,
} from '#zakops/http';
import { CLASSIFICATIONS, URGENCIES } from '../../domain/mail.js';
import type { Mail } from '../../domain/mail.js';

const TEXT = { optional: true, nullable: true, max: 200 } as const;
const CLUE = stringRule({ min: 1, max: 200 });

/** A link that a mail contains. */
export class MailLinkRequest {
  @StringField({ min: 1, max: 2_000, example: 'https://example.com/listing/99120' })
  url!: string;

  @StringField({ ...TEXT, example: 'cim' })
  type?: string | null;

  @StringField(TEXT)
  vendor_hint?: string | null;

  @BooleanField({ optional: true, nullable: true })
  auth_required?: boolean | null;
}

/** A file that a mail brought. */
export class MailAttachmentRequest {
  @StringField({ min: 1, max: 255, example: 'teaser.pdf' })
  filename!: string;

  @StringField(TEXT)
  content_type?: string | null;

  @IntegerField({ optional: true, nullable: true, min: 0, max: 1_000_000_000, description: 'Bytes.' })
  size?: number | null;
}

/** Where the company is. */
export class MailLocationRequest {
  @StringField(TEXT)
  city?: string | null;

  @StringField(TEXT)
  state?: string | null;
}

/** What `POST /api/quarantine` takes. */
export class ReceiveMailRequest {
  @StringField({ min: 1, max: 998, notBlank: true, description: 'Stands for one mail.', example: '<1@example.com>' })
  message_id!: string;

  @StringField({ optional: true, nullable: true, max: 998 })
  thread_id?: string | null;

  @StringField({ optional: true, nullable: true, max: 2_000, example: 'Plumbing business for sale, listing BBS-99120' })
  email_subject?: string | null;

  @StringField({ optional: true, nullable: true, max: 500, example: 'Bo Broker <bo@example.com>' })
  sender?: string | null;

  @StringField(TEXT)
  sender_name?: string | null;

  @StringField(TEXT)
  sender_company?: string | null;

  @BooleanField({ optional: true, nullable: true })
  is_broker?: boolean | null;

  @DateTimeField({ optional: true, nullable: true })
  received_at?: string | null;

  @EnumField(CLASSIFICATIONS, 'MailClassification', { optional: true, nullable: true })
  classification?: string | null;

  @EnumField(URGENCIES, 'MailUrgency', { optional: true, nullable: true })
  urgency?: string | null;

  @NumberField({ optional: true, nullable: true, min: 0, max: 1, example: 0.9 })
  confidence?: number | null;

  @StringField({ ...TEXT, example: 'Acme Plumbing' })
  company_name?: string | null;

  @StringField(TEXT)
  broker_name?: string | null;

  @StringField({ optional: true, nullable: true, max: 524_288, description: 'The text of the mail.' })
  body?: string | null;

  @ArrayField(() => MailLinkRequest, { optional: true, maxItems: 200 })
  links?: MailLinkRequest[];

  @ArrayField(() => MailAttachmentRequest, { optional: true, maxItems: 200, description: 'Descriptions of the files, not the files.' })
  attachments?: MailAttachmentRequest[];

  @ArrayField(CLUE, { optional: true, maxItems: 20, example: ['BBS-99120'] })
  listing_ids?: string[];

  @ArrayField(CLUE, { optional: true, maxItems: 20 })
  broker_reference_ids?: string[];

  @StringField(TEXT)
  sector?: string | null;

  @ObjectField(() => MailLocationRequest, { optional: true, nullable: true })
  location?: MailLocationRequest | null;
}

/** From the wire to what the command takes. */
export function toMail(request: ReceiveMailRequest): Mail {
  const { received_at: receivedAt, location } = request;
  return {
    messageId: request.message_id,
    threadId: request.thread_id ?? null,
    subject: request.email_subject ?? null,
    sender: request.sender ?? null,
    senderName: request.sender_name ?? null,
    senderCompany: request.sender_company ?? null,
    isBroker: request.is_broker ?? null,
    receivedAt: receivedAt === undefined || receivedAt === null ? null : new Date(receivedAt),
    classification: request.classification ?? null,
    urgency: request.urgency ?? null,
    confidence: request.confidence ?? null,
    companyName: request.company_name ?? null,
    brokerName: request.broker_name ?? null,
    body: request.body ?? null,
    links: (request.links ?? []).map(({ url, type, vendor_hint, auth_required }) => ({
      url,
      type: type ?? null,
      vendor_hint: vendor_hint ?? null,
      auth_required: auth_required ?? null,
    })),
    // Members in the order in which the database gives them back.
    attachments: (request.attachments ?? []).map(({ filename, content_type, size }) => ({
      size: size ?? null,
      filename,
      content_type: content_type ?? null,
    })),
    clues: {
      listingIds: request.listing_ids ?? [],
      brokerReferences: request.broker_reference_ids ?? [],
      sector: request.sector ?? null,
      city: location?.city ?? null,
      state: location?.state ?? null,
    },
  };
}
