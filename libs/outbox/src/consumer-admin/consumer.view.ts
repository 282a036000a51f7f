import type { TicketCounts } from '../stats/outbox-stats.js';

/** What a consumer is: known but not run by this version yet, followed, or removed by an administrator. */
export const CONSUMER_STATES = ['registered', 'active', 'removed'] as const;

/** One of the three states. */
export type ConsumerState = (typeof CONSUMER_STATES)[number];

/** One consumer, as the database knows it. */
export interface ConsumerView {
  readonly name: string;
  readonly state: ConsumerState;
  /** Regular expression of the event types that it wants; null when only version 0.3 has run it. */
  readonly pattern: string | null;
  /** Everything up to this position was delivered or has a ticket. */
  readonly position: number;
  /** Positions from there to the end of the log; 0 when it is removed. */
  readonly lag: number;
  /** Events that were delivered, since it began. */
  readonly delivered: number;
  /** Its tickets that are not delivered. */
  readonly tickets: Omit<TicketCounts, 'delivered'>;
  /** True when the active worker says that it runs it. */
  readonly isRunning: boolean;
  /** True while a worker of version 0.3 delivers to it, by a ticket for each event. */
  readonly byTickets: boolean;
  /** Regular expression of the event types whose dead tickets hold back later ones of their aggregate; null for none. */
  readonly blockingTypes: string | null;
  readonly registeredAt: Date;
  readonly lastDeliveredAt: Date | null;
}
