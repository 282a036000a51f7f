import { byUuid, ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { TICKETS } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';

const path = (id: string): string => `/api/admin/dlq/${id}`;

/** Dead letters, also those that have left the queue. */
@ContributesLookup()
@Injectable()
export class DeadLetterLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    {
      kind: 'dead_letter',
      sql: `SELECT $1::uuid::text AS id, event_type || ' at ' || consumer AS title FROM ${TICKETS}
             WHERE status = 'dead' AND zakops.ticket_id(event_id, consumer) = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path,
    },
    {
      kind: 'dead_letter',
      sql: `SELECT d.entry_id::text AS id, 'left the queue of ' || d.consumer AS title FROM zakops.dlq_operation_entries d
             WHERE d.entry_id = $1::uuid
               AND NOT EXISTS (SELECT FROM ${TICKETS} t WHERE t.event_id = d.event_id AND t.consumer = d.consumer AND t.status = 'dead') LIMIT 1`,
      parameters: byUuid,
      path,
    },
  ];
}
