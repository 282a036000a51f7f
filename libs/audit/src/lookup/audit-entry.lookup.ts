import { byTraceId, byUuid, ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { Injectable } from '@nestjs/common';

const ENTRY = `SELECT id::text AS id, action || ' by ' || actor_id AS title FROM zakops.audit_log`;
const path = (id: string): string => `/api/admin/audit/${id}`;

/** Audit entries by their id and by the trace of their call. */
@ContributesLookup()
@Injectable()
export class AuditEntryLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    {
      kind: 'audit_entry',
      sql: `${ENTRY} WHERE id = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path,
    },
    {
      kind: 'audit_entry',
      sql: `${ENTRY} WHERE trace_id = $1 LIMIT 5`,
      parameters: byTraceId,
      path,
    },
  ];
}
