import type { BehindFacts, DeliveryVerdict, OperationFacts, PauseFacts } from './domain/delivery-facts.js';

/** An event without its payload, and its publication. */
export interface EventPath {
  readonly id: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateSeq: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly actor: string;
  /** The start of the transaction that made the change. */
  readonly occurredAt: Date;
  readonly position: number | null;
  readonly publishedAt: Date | null;
  /** The worker that published it, and its fencing number; null for events from before their terms were noted. */
  readonly worker: string | null;
  readonly fence: number | null;
}

/** The audit entry of the call that made the change. */
export interface CallView {
  readonly auditId: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly traceId: string | null;
}

/** One failed attempt. */
export interface AttemptView {
  /** Counts from 1 over all redrives. */
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly reasonCode: string;
  readonly error: string;
  readonly fingerprint: string | null;
  readonly worker: string | null;
  readonly traceId: string | null;
}

/** The event at one consumer. */
export interface DeliveryView extends DeliveryVerdict {
  readonly consumer: string;
  readonly cursor: number;
  /** The id of its dead letter, also when it is none at the moment; null without a ticket and an operation. */
  readonly deadLetterId: string | null;
  readonly behind: BehindFacts | null;
  readonly pause: PauseFacts | null;
  readonly lastOperation: OperationFacts | null;
  readonly attempts: readonly AttemptView[];
}

/** How far the API processes, which feed the streams, have read the log. */
export interface StreamsView {
  readonly processes: number;
  /** Those that have passed the event. */
  readonly passed: number;
  readonly connections: number;
  readonly sentence: string;
}

/** The way of an event from the request to its effects. */
export interface ExplanationView {
  readonly event: EventPath;
  readonly call: CallView | null;
  readonly deliveries: readonly DeliveryView[];
  readonly streams: StreamsView;
  readonly summary: string;
  readonly waitsFor: string | null;
}
