/**
 * The one representation of an event outside the database: on streams, in polls, in answers and in deliveries.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** The event's UUID, the same in every delivery. */
  readonly id: string;
  /** The type of its aggregate, for example `/zakops/deals`. */
  readonly source: string;
  readonly type: string;
  /** The aggregate's id, for example `DEAL-000001`. */
  readonly subject: string;
  /** ISO 8601, UTC: the start of the transaction that made the change, by the clock of the database. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
  /** The position in the log, as text; absent until the event is published. */
  readonly sequence?: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly schemaversion: number;
  /** `user:dev@zakops.local`, `api_key:<id>` or `system:outbox`. */
  readonly actor: string;
  readonly traceparent?: string;
}

/** An event as stored: the columns of `zakops.events`, with its position once it is published. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateSeq: number;
  readonly data: unknown;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  /** `user:<id>` or `system:<name>`. */
  readonly actor: string;
  readonly occurredAt: Date;
  /** 1, 2, 3 ... in the order of publication; null before. */
  readonly position: number | null;
}

/** Turns a stored event into its wire form. */
export function toCloudEvent(event: StoredEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/zakops/${event.aggregateType}s`,
    type: event.type,
    subject: event.aggregateId,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    ...(event.position === null ? {} : { sequence: String(event.position) }),
    correlationid: event.correlationId,
    ...(event.causationId === null ? {} : { causationid: event.causationId }),
    schemaversion: event.schemaVersion,
    actor: event.actor,
    ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
    data: event.data,
  };
}
