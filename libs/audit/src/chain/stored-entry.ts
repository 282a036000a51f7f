/**
 * Every column of an entry as text, as it is hashed and exported.
 *
 * @remarks Instants are UTC with microseconds. JSON is the text that PostgreSQL writes for `jsonb`: equal values have equal texts.
 */
export interface StoredEntry {
  readonly id: string;
  readonly occurred_at: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly details: string;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly trace_id: string | null;
}

/** Every column of `zakops.audit_log`, in the order in which it is hashed. */
export const ENTRY_FIELDS = [
  'id',
  'occurred_at',
  'actor_type',
  'actor_id',
  'action',
  'resource_type',
  'resource_id',
  'before',
  'after',
  'details',
  'address',
  'user_agent',
  'method',
  'path',
  'trace_id',
] as const satisfies readonly (keyof StoredEntry)[];

/** SQL for an instant of {@link StoredEntry}. It includes the era, so that 2026 BC differs from 2026. */
export function instantText(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || CASE WHEN ${column} < '0001-01-01Z' THEN ' BC' ELSE '' END`;
}

/** The columns of {@link StoredEntry}; `l` is `zakops.audit_log`. All are null where the join found no entry. */
export const ENTRY_COLUMNS = `l.id::text AS id, ${instantText('l.occurred_at')} AS occurred_at, l.actor_type, l.actor_id, l.action,
  l.resource_type, l.resource_id, l.before::text AS before, l.after::text AS after, l.details::text AS details, l.address, l.user_agent,
  l.method, l.path, l.trace_id`;

/** SQL for the bytes of an entry's documents; `l` is `zakops.audit_log`. At least 1, also where the join found no entry. */
export const DOCUMENT_BYTES = `(1 + coalesce(octet_length(l.before::text), 0) + coalesce(octet_length(l.after::text), 0)
  + coalesce(octet_length(l.details::text), 0))`;
