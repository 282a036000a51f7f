import { Database, prepared } from '#zakops/database';
import { parseTraceparent } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { CallView, EventPath } from '../explanation.view.js';

const EVENT = prepared(`
  SELECT e.id, e.type, e.aggregate_type AS "aggregateType", e.aggregate_id AS "aggregateId", e.aggregate_seq::float8 AS "aggregateSeq",
         e.correlation_id AS "correlationId", e.causation_id AS "causationId", e.traceparent, e.actor, e.occurred_at AS "occurredAt",
         l.position::float8 AS position, l.published_at AS "publishedAt", t.owner AS worker, t.fence::float8 AS fence
    FROM zakops.events e
    LEFT JOIN zakops.event_log l ON l.event_id = e.id
    LEFT JOIN LATERAL (
      SELECT fence, owner FROM zakops.publishing_terms WHERE after_position < l.position
       ORDER BY after_position DESC, fence DESC LIMIT 1) AS t ON true
   WHERE e.id = $1`);

const CALL = `
  SELECT id AS "auditId", occurred_at AS at, actor_type || ':' || actor_id AS actor, action, method, path, trace_id AS "traceId"
    FROM zakops.audit_log`;

// The audit entry of a change of one aggregate has the id of the event.
const CALL_OF_EVENT = prepared(`${CALL} WHERE id = $1`);

// Other events of the call have its trace. Both conditions are in block range indexes, so few blocks are read.
const CALL_OF_TRACE = prepared(
  `${CALL} WHERE trace_id = $1 AND occurred_at BETWEEN $2::timestamptz - interval '1 minute' AND $2::timestamptz + interval '10 minutes'
   ORDER BY occurred_at, id LIMIT 1`,
);

/** Reads an event without its payload, its publication, and the call that made it. */
@Injectable()
export class EventPathReader {
  constructor(private readonly database: Database) {}

  /** One event; undefined when there is none. */
  async find(id: string): Promise<EventPath | undefined> {
    const [row] = await this.database.query<EventPath>(EVENT, [id]);
    return row;
  }

  /** The audit entry of the call that made an event; undefined for events of consumers and of the system, which have none. */
  async callOf({ id, traceparent, occurredAt }: EventPath): Promise<CallView | undefined> {
    const [own] = await this.database.query<CallView>(CALL_OF_EVENT, [id]);
    const traceId = parseTraceparent(traceparent ?? undefined)?.traceId;
    if (own !== undefined || traceId === undefined) return own;
    const [ofTrace] = await this.database.query<CallView>(CALL_OF_TRACE, [traceId, occurredAt]);
    return ofTrace;
  }
}
