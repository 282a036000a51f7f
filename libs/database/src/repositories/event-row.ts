import type { StoredEvent } from '#zakops/contracts';

/** The columns of an event, in the order and with the names that {@link toStoredEvent} reads; `e` is `zakops.events`. */
export const EVENT_COLUMNS = `e.id, e.type, e.schema_version, e.aggregate_type, e.aggregate_id, e.aggregate_seq, e.data,
  e.correlation_id, e.causation_id, e.traceparent, e.actor, e.occurred_at`;

/**
 * The bytes of a payload as the server sends it. Not `pg_column_size`: text may be many times longer than what is stored, because it is
 * compressed, or because a number such as 1e300 has all its digits. Null in rows of versions before 0.4, which are measured here.
 */
export const EVENT_DATA_BYTES = 'coalesce(e.data_bytes, octet_length(e.data::text))';

/** One row of {@link EVENT_COLUMNS} with a position; int8 comes as text from the driver. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_seq: string;
  readonly data: unknown;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly actor: string;
  readonly occurred_at: Date;
  readonly position: string | null;
}

/** From a row to the event it holds. */
export function toStoredEvent(row: EventRow): StoredEvent {
  return {
    id: row.id,
    type: row.type,
    schemaVersion: row.schema_version,
    aggregateType: row.aggregate_type,
    aggregateId: row.aggregate_id,
    aggregateSeq: Number(row.aggregate_seq),
    data: row.data,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    traceparent: row.traceparent,
    actor: row.actor,
    occurredAt: row.occurred_at,
    position: row.position === null ? null : Number(row.position),
  };
}
