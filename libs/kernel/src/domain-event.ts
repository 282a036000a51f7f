/**
 * Something that happened to an aggregate, before it is written to the outbox.
 *
 * @typeParam T - the dotted type, for example `deal.created`
 * @typeParam D - the payload of that type, as the catalogue of `#zakops/contracts` defines it
 */
export interface DomainEvent<T extends string = string, D = unknown> {
  /** UUIDv7; the same id in the outbox, the log, on streams and in every delivery. */
  readonly id: string;
  readonly type: T;
  readonly schemaVersion: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** 1, 2, 3 ... for this aggregate, without a gap. */
  readonly aggregateSeq: number;
  readonly data: D;
}

/** Who caused a change. */
export interface Actor {
  readonly type: 'user' | 'api_key' | 'system';
  /** The operator's e-mail, the id of the API key, or the name of the system part. */
  readonly id: string;
}

/** Where a change came from: goes into every event, log line and problem body. */
export interface Provenance {
  readonly actor: Actor;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  /** W3C `traceparent` of the request, or undefined when nothing traced it. */
  readonly traceparent: string | undefined;
}
