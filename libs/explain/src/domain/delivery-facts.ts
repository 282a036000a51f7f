/** The states in which an event can be at one consumer. */
export const DELIVERY_STATES = [
  'not_published',
  'not_reached',
  'waiting_behind',
  'due',
  'in_hand',
  'retrying',
  'paused',
  'dead',
  'discarded',
  'delivered',
  'not_wanted',
  'before_start',
  'removed',
] as const;

/** One of {@link DELIVERY_STATES}. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The ticket of an event at one consumer. */
export interface TicketFacts {
  readonly status: 'pending' | 'processing' | 'delivered' | 'failed' | 'dead';
  /** Failed attempts since it was made or last redriven. */
  readonly attempts: number;
  readonly reasonCode: string | null;
  /** Seconds until it is due, by the clock of the database; null while it waits behind another ticket. */
  readonly dueInSeconds: number | null;
  readonly deliveredAt: Date | null;
}

/** An earlier ticket of the same aggregate that has to go first. */
export interface BehindFacts {
  readonly eventId: string;
  readonly eventType: string;
  readonly status: 'pending' | 'processing' | 'failed' | 'dead';
  readonly attempts: number;
  readonly dueInSeconds: number | null;
}

/** What an operator last did to the dead letter. */
export interface OperationFacts {
  readonly kind: string;
  readonly actor: string;
  readonly at: Date;
}

/** A pause that covers the event at the consumer. */
export interface PauseFacts {
  readonly id: string;
  readonly scope: string;
  readonly until: Date;
  readonly reason: string;
}

/** What the database knows of one event at one consumer. */
export interface DeliveryFacts {
  readonly consumer: string;
  readonly consumerState: 'registered' | 'active' | 'removed';
  /** The active worker says that it runs the consumer. */
  readonly isRunning: boolean;
  /** By the pattern that the consumer has now. */
  readonly isWanted: boolean;
  readonly eventType: string;
  /** Null for an event that is not published. */
  readonly position: number | null;
  /** Where the consumer stands. */
  readonly cursor: number;
  /** The position after which the consumer began. */
  readonly startedAfter: number;
  readonly ticket: TicketFacts | null;
  readonly behind: BehindFacts | null;
  readonly lastOperation: OperationFacts | null;
  readonly pause: PauseFacts | null;
}

/** What became of an event at one consumer. */
export interface DeliveryVerdict {
  readonly state: DeliveryState;
  /** One sentence for people. */
  readonly sentence: string;
  /** True when something has to happen before the consumer has the event. */
  readonly waits: boolean;
}
