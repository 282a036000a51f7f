import type { Delivery } from '../consume/event-consumer.js';

/** One ticket that a claim holds. */
export interface ClaimedTicket {
  readonly delivery: Delivery;
  /** Tickets of one stream are delivered in order; int8 as text. */
  readonly stream: string;
}

/** Tickets of one consumer that were claimed together. */
export interface Claim {
  readonly consumer: string;
  /** Fencing number of this claim; int8 as text. Marks are refused once the tickets carry another. */
  readonly fence: string;
  /** In the order of positions. */
  readonly tickets: readonly ClaimedTicket[];
}

/** What to claim, and for whom. */
export interface ClaimRequest {
  readonly consumer: string;
  /** Tickets, at least 1. */
  readonly limit: number;
  /** Fencing number of the active worker's own lease; without it nothing is claimed. */
  readonly workerFence: string;
  readonly owner: string;
  /** Milliseconds; longer than the handler timeout. */
  readonly leaseMs: number;
  /** True when a dead ticket holds back later ones of its aggregate. */
  readonly blockOnDead: boolean;
  /**
   * Fencing number of the claim that the same runner has in hand, and finishes before it begins this one: its tickets hold nothing
   * back. The runner must give back whatever of this claim has to wait for a failure in that one.
   */
  readonly besideFence?: string;
}

/** Why an attempt failed, and what follows. */
export interface FailedAttempt {
  readonly permanent: boolean;
  readonly maxAttempts: number;
  readonly delaySeconds: number;
  readonly reasonCode: string;
  /** At most 500 characters. */
  readonly error: string;
  readonly durationMs: number;
}
