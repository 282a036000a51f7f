import { ArrayField, DateTimeField, IntegerField, JsonObjectField, StringField, UuidField } from '#zakops/http';
import type { AuditEntryView } from '../../queries/audit-entry.view.js';

/** One thing that a person or a key did. */
export class AuditEntryResponse {
  @UuidField()
  id!: string;

  @DateTimeField({ description: 'With microseconds.' })
  occurred_at!: string;

  @StringField({ example: 'user', description: '`user`, `api_key` or `system`.' })
  actor_type!: string;

  @StringField({ description: 'The e-mail address of an operator, or the id of a key.' })
  actor_id!: string;

  @StringField({ example: 'deal.updated' })
  action!: string;

  @StringField({ example: 'deal' })
  resource_type!: string;

  @StringField({ example: 'DEAL-000001' })
  resource_id!: string;

  @JsonObjectField({
    nullable: true,
    description: 'The fields that changed as they were; null when it did not exist. Secrets are redacted.',
  })
  before!: Readonly<Record<string, unknown>> | null;

  @JsonObjectField({ nullable: true, description: 'The same fields afterwards; null when it is gone.' })
  after!: Readonly<Record<string, unknown>> | null;

  @JsonObjectField({ description: 'Whatever else explains it.' })
  details!: Readonly<Record<string, unknown>>;

  @StringField({ nullable: true, description: 'The address of the client.' })
  address!: string | null;

  @StringField({ nullable: true })
  user_agent!: string | null;

  @StringField({ nullable: true })
  method!: string | null;

  @StringField({ nullable: true })
  path!: string | null;

  @StringField({ nullable: true })
  trace_id!: string | null;

  @IntegerField({ min: 1, nullable: true, description: 'The place in the chain; null for about a second.' })
  position!: number | null;

  @StringField({ nullable: true, description: 'SHA-256 in hexadecimal; null for about a second.' })
  hash!: string | null;
}

/** A part of the list. */
export class AuditEntryListResponse {
  @ArrayField(() => AuditEntryResponse)
  entries!: AuditEntryResponse[];

  @IntegerField({ min: 1 })
  limit!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next part; null at the end.' })
  next_cursor!: string | null;
}

/** From what is read to what is answered. */
export function toAuditEntryResponse(view: AuditEntryView): AuditEntryResponse {
  return {
    id: view.id,
    occurred_at: view.occurredAt,
    actor_type: view.actorType,
    actor_id: view.actorId,
    action: view.action,
    resource_type: view.resourceType,
    resource_id: view.resourceId,
    before: view.before,
    after: view.after,
    details: view.details,
    address: view.address,
    user_agent: view.userAgent,
    method: view.method,
    path: view.path,
    trace_id: view.traceId,
    position: view.position,
    hash: view.hash,
  };
}
