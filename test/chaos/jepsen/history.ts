/** What came of a write, as its client knows it. */
export type WriteOutcome =
  /** The client got a 2xx. */
  | 'acknowledged'
  /** Every attempt was answered, and the last with a refusal: it must not be there. */
  | 'refused'
  /** The client gave up: it may be there as a whole, or not at all. */
  | 'unknown';

/** One write of one client. Its token is in the event that it causes, and in no other. */
export interface Write {
  readonly token: string;
  readonly outcome: WriteOutcome;
  /** Milliseconds of `performance.now()`; 0 unless acknowledged. */
  readonly acknowledgedAtMs: number;
}

/** An event as `zakops.events` has it. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly dealId: string;
  /** Its number in the life of the deal, from 1. */
  readonly seq: number;
  readonly token: string;
  readonly toStage: string | undefined;
}

/** A deal as `zakops.deals` has it. */
export interface DealRow {
  readonly dealId: string;
  readonly canonicalName: string;
  readonly displayName: string | null;
  readonly stage: string;
  readonly version: number;
}

/** An event that a client got. */
export interface Received {
  readonly position: number;
  readonly eventId: string;
  readonly dealId: string;
  /** Milliseconds of `performance.now()`. */
  readonly atMs: number;
}

/** What one follower of the log got, in the order of arrival. */
export interface FollowerRecord {
  readonly name: string;
  readonly received: readonly Received[];
  /** Each time that it was told to start over: why. */
  readonly resets: readonly string[];
}

/** One call of a consumer that is called at least once. */
export interface ConsumerCall {
  readonly eventId: string;
  /** What the consumer was given to recognise a repeated call. */
  readonly deliveryId: string;
}

/** What such a consumer was called with, in the order of the calls. */
export interface ConsumerRecord {
  readonly name: string;
  readonly calls: readonly ConsumerCall[];
}

/** All that is known about a run after its end. */
export interface History {
  readonly writes: readonly Write[];
  readonly events: readonly EventRow[];
  readonly deals: readonly DealRow[];
  /** In the order of positions. */
  readonly log: readonly { readonly position: number; readonly eventId: string }[];
  /** Ids of events, in the order in which the in-process consumer had its effects; an id that is here twice had two. */
  readonly effects: readonly string[];
  readonly followers: readonly FollowerRecord[];
  readonly consumers: readonly ConsumerRecord[];
  /** Tickets that are neither delivered nor dead. */
  readonly waiting: number;
  readonly dead: number;
  /** What the verification of the audit chain complains of, and entries that do not fit the events. */
  readonly auditProblems: readonly string[];
  /** What else went wrong: processes that ended by themselves, answers of 500. */
  readonly incidents: readonly string[];
}

/** Marks the tokens of events that no consumer can handle. */
export const POISON = 'poison';

export function isPoison(token: string): boolean {
  return token.endsWith(POISON);
}
