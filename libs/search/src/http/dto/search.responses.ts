import { ArrayField, BooleanField, DateTimeField, IntegerField, JsonObjectField, StringField, UuidField } from '#zakops/http';
import type { Hit } from '../../queries/search-kind/search-kind.query.js';

const HIGHLIGHTS = {
  description: 'The fields in which words were found, each in fragments; `match` says which of them were found. Long texts are cut.',
  example: {
    canonical_name: [
      { text: 'acme', match: true },
      { text: '-plumbing', match: false },
    ],
  },
};

/** A found deal. */
export class DealHit {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'acme-plumbing' })
  canonical_name!: string;

  @StringField({ nullable: true, example: 'Acme Plumbing LLC' })
  company_name!: string | null;

  @StringField({ example: 'inbound' })
  stage!: string;

  @StringField({ example: 'active' })
  status!: string;

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;

  @JsonObjectField(HIGHLIGHTS)
  highlights!: object;
}

/** A found action. */
export class ActionHit {
  @StringField({ example: 'ACT-20260131T120000-0a1b2c3d' })
  action_id!: string;

  @StringField({ nullable: true, example: 'DEAL-000001' })
  deal_id!: string | null;

  @StringField({ example: 'send_email' })
  action_type!: string;

  @StringField({ example: 'Ask for the CIM' })
  title!: string;

  @StringField({ example: 'PENDING_APPROVAL' })
  status!: string;

  @StringField({ example: 'medium' })
  risk_level!: string;

  @DateTimeField()
  created_at!: string;

  @JsonObjectField(HIGHLIGHTS)
  highlights!: object;
}

/** A found item of parked mail. */
export class QuarantineHit {
  @StringField({ example: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d' })
  id!: string;

  @StringField({ nullable: true, example: 'HVAC business in Austin' })
  email_subject!: string | null;

  @StringField({ nullable: true, example: 'bo@brokers.example' })
  sender!: string | null;

  @StringField({ nullable: true, example: 'Acme Plumbing' })
  company_name!: string | null;

  @StringField({ nullable: true, example: 'Bo Broker' })
  broker_name!: string | null;

  @StringField({ example: 'pending' })
  status!: string;

  @DateTimeField()
  created_at!: string;

  @JsonObjectField(HIGHLIGHTS)
  highlights!: object;
}

/** A sender that was found. */
export class SenderHit {
  @UuidField()
  id!: string;

  @StringField({ example: 'bo@example.com' })
  email!: string;

  @StringField({ nullable: true })
  name!: string | null;

  @StringField({ nullable: true })
  company!: string | null;

  @StringField({ example: 'broker' })
  sender_type!: string;

  @DateTimeField()
  created_at!: string;

  @JsonObjectField(HIGHLIGHTS)
  highlights!: object;
}

/** A note that was found. */
export class NoteHit {
  @UuidField()
  id!: string;

  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ description: 'The first 2,000 characters.' })
  content!: string;

  @StringField({ example: 'general' })
  category!: string;

  @StringField({ example: 'ann@example.com' })
  author!: string;

  @DateTimeField()
  created_at!: string;

  @JsonObjectField(HIGHLIGHTS)
  highlights!: object;
}

/** What every page of hits says. */
class HitPageResponse {
  @StringField({ nullable: true, description: 'The `cursor` of the next page; null on the last page.' })
  next_cursor!: string | null;

  @BooleanField()
  has_more!: boolean;

  @StringField({ description: 'What was looked for, as it was read.', example: 'acme plumbing' })
  query!: string;

  @IntegerField({ nullable: true, description: 'Always null: hits are not counted.' })
  total!: number | null;

  @IntegerField({ min: 1 })
  limit!: number;

  @IntegerField({ min: 0 })
  offset!: number;

  @ArrayField('string', {
    description: 'Words that were looked for beside the given ones, because these gave fewer than three hits and may be misspelled.',
    example: ['plumbing'],
  })
  corrections!: string[];
}

/** A page of deals. */
export class DealHitsResponse extends HitPageResponse {
  @ArrayField(() => DealHit)
  results!: DealHit[];
}

/** A page of actions. */
export class ActionHitsResponse extends HitPageResponse {
  @ArrayField(() => ActionHit)
  results!: ActionHit[];
}

/** A page of parked mail. */
export class QuarantineHitsResponse extends HitPageResponse {
  @ArrayField(() => QuarantineHit)
  results!: QuarantineHit[];
}

/** A page of senders. */
export class SenderHitsResponse extends HitPageResponse {
  @ArrayField(() => SenderHit)
  results!: SenderHit[];
}

/** A page of notes. */
export class NoteHitsResponse extends HitPageResponse {
  @ArrayField(() => NoteHit)
  results!: NoteHit[];
}

/** From the view to the wire. */
export function toSenderHit({ row, highlights }: Hit): SenderHit {
  return {
    id: text(row['id']),
    email: text(row['email']),
    name: textOrNull(row['name']),
    company: textOrNull(row['company']),
    sender_type: text(row['sender_type']),
    created_at: instant(row['created_at']),
    highlights,
  };
}

/** From the view to the wire. */
export function toNoteHit({ row, highlights }: Hit): NoteHit {
  return {
    id: text(row['id']),
    deal_id: text(row['deal_id']),
    content: text(row['content']),
    category: text(row['category']),
    author: text(row['author']),
    created_at: instant(row['created_at']),
    highlights,
  };
}

/** From the view to the wire. */
export function toDealHit({ row, highlights }: Hit): DealHit {
  return {
    deal_id: text(row['deal_id']),
    canonical_name: text(row['canonical_name']),
    company_name: textOrNull(row['company_name']),
    stage: text(row['stage']),
    status: text(row['status']),
    created_at: instant(row['created_at']),
    updated_at: instant(row['updated_at']),
    highlights,
  };
}

/** From the view to the wire. */
export function toActionHit({ row, highlights }: Hit): ActionHit {
  return {
    action_id: text(row['action_id']),
    deal_id: textOrNull(row['deal_id']),
    action_type: text(row['action_type']),
    title: text(row['title']),
    status: text(row['status']),
    risk_level: text(row['risk_level']),
    created_at: instant(row['created_at']),
    highlights,
  };
}

/** From the view to the wire. */
export function toQuarantineHit({ row, highlights }: Hit): QuarantineHit {
  return {
    id: text(row['id']),
    email_subject: textOrNull(row['email_subject']),
    sender: textOrNull(row['sender']),
    company_name: textOrNull(row['company_name']),
    broker_name: textOrNull(row['broker_name']),
    status: text(row['status']),
    created_at: instant(row['created_at']),
    highlights,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function instant(value: unknown): string {
  return value instanceof Date ? value.toISOString() : text(value);
}
