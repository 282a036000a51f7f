import { ArrayField, DateTimeField, IntegerField, JsonObjectField, StringField, UuidField } from '#zakops/http';
import type { AuditEntryView } from '../../queries/audit-entry.view.js';

/** An action of a person, a key or the system. */
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
    description: 'The changed fields before; null when the resource did not exist. Secrets are redacted.',
  })
  before!: Readonly<Record<string, unknown>> | null;

  @JsonObjectField({ nullable: true, description: 'The same fields after; null when the resource is gone.' })
  after!: Readonly<Record<string, unknown>> | null;

  @JsonObjectField({ description: 'Further information.' })
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

  @IntegerField({ min: 1, nullable: true, description: 'The position in the chain; null until the entry is chained, about a second.' })
  position!: number | null;

  @StringField({ nullable: true, description: 'The hash of the link, SHA-256 in hexadecimal; null until the entry is chained.' })
  hash!: string | null;
}

/** A page of entries. */
export class AuditEntryListResponse {
  @ArrayField(() => AuditEntryResponse)
  entries!: AuditEntryResponse[];

  @IntegerField({ min: 1 })
  limit!: number;

  @StringField({ nullable: true, description: 'The `cursor` of the next page; null on the last page.' })
  next_cursor!: string | null;
}

/** Maps an entry to its answer. */
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
