import { byPosition, byTraceId, byUuid, ContributesLookup } from '#zakops/lookup';
import type { Lookup, LookupSource } from '#zakops/lookup';
import { Injectable } from '@nestjs/common';

const EVENT = `e.id::text AS id, e.type || ' of ' || e.aggregate_id AS title`;
const explained = (id: string): string => `/api/admin/events/${id}/explain`;

/** Events by their id, position, trace and correlation, and replays. */
@ContributesLookup()
@Injectable()
export class EventLookup implements LookupSource {
  readonly lookups: readonly Lookup[] = [
    {
      kind: 'event',
      sql: `SELECT ${EVENT} FROM zakops.events e WHERE e.id = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path: explained,
    },
    {
      kind: 'position',
      sql: `SELECT ${EVENT} FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id WHERE l.position = $1::bigint LIMIT 1`,
      parameters: byPosition,
      path: explained,
    },
    {
      kind: 'correlation',
      sql: `SELECT e.correlation_id AS id, 'correlation of ' || e.type AS title FROM zakops.events e
             WHERE e.correlation_id = $1 ORDER BY e.id LIMIT 1`,
      parameters: ({ text }) => [text],
      path: (id) => `/api/events/by-correlation/${encodeURIComponent(id)}`,
    },
    {
      kind: 'trace',
      sql: `SELECT ${EVENT} FROM zakops.events e WHERE substr(e.traceparent, 4, 32) = $1 LIMIT 5`,
      parameters: byTraceId,
      path: explained,
    },
    {
      kind: 'replay',
      sql: `SELECT r.id::text AS id, 'replay to ' || r.consumer || ', ' || r.state AS title FROM zakops.replays r WHERE r.id = $1::uuid LIMIT 1`,
      parameters: byUuid,
      path: (id) => `/api/admin/events/replays/${id}`,
    },
  ];
}
