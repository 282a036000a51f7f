import type { Failure } from '../failures/failure.js';
import type { PublishedEvent } from '../log/event-log.js';
import type { Delivery } from './delivery.js';

/** Names an aggregate, whose events are delivered in order. */
export function streamOf({ aggregateType, aggregateId }: Pick<PublishedEvent, 'aggregateType' | 'aggregateId'>): string {
  return `${aggregateType}/${aggregateId}`;
}

/**
 * What a consumer's tickets say about an aggregate. `held`: one waits, has failed, or is dead and blocks, so that later events have to wait
 * behind it. `gap`: dead ones only, which later events pass.
 */
export type StreamState = 'held' | 'gap';

/** A failed attempt, and what follows from it. */
export interface FailedAttempt {
  readonly delivery: Delivery;
  readonly status: 'failed' | 'dead';
  /** Seconds until the next attempt; without a meaning for a dead one. */
  readonly delaySeconds: number;
  readonly reasonCode: string;
  /** At most 500 characters. */
  readonly error: string;
  readonly durationMs: number;
  readonly failure: Failure;
  /** What was thrown; for the log only. */
  readonly cause: unknown;
  /** Of the failure group, see `fingerprintOf`. */
  readonly fingerprint: string;
  /** The process that made the attempt. */
  readonly worker: string;
  /** The trace in which the event was made; null when nothing traced it. */
  readonly eventTraceId: string | null;
  /** The trace of the call; null when there was none of this event alone. */
  readonly attemptTraceId: string | null;
}

/** A ticket that can be delivered now. */
export interface DueTicket {
  readonly delivery: Delivery;
  /** How often it was redriven. */
  readonly replay: number;
}

/** The outcomes of tickets that were tried together. */
export interface TicketOutcomes {
  readonly delivered: readonly DueTicket[];
  readonly failed: readonly (FailedAttempt & { readonly replay: number })[];
  /** Not tried, because an earlier one of their aggregate has failed. */
  readonly behind: readonly DueTicket[];
}
