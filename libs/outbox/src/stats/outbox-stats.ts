import type { TicketStatus } from '../tickets/ticket-status.js';
import type { Pause } from '../pauses/pause.js';
import type { LeaderStatus } from './leader-status.js';

/** How many tickets are in each state. */
export type TicketCounts = Readonly<Record<TicketStatus, number>>;

/** What the nightly comparison of the counter of delivered tickets with the tickets found last. */
export interface DeliveredCheckResult {
  readonly checkedAt: Date;
  /** Delivered tickets in the table. */
  readonly counted: number;
  /** Delivered tickets minus the counter; negative after delivered tickets were removed. */
  readonly difference: number;
  /** Whether the counter was too small, and was raised. */
  readonly corrected: boolean;
}

/** The tickets of one consumer. */
export interface ConsumerStats {
  /** `log` for publication. */
  readonly consumer: string;
  /** Exact for the live states; `delivered` is what was ever delivered, also when its tickets are purged since. */
  readonly counts: TicketCounts;
  /** Of the pending ones, those whose aggregate has a ticket in work or waiting for its retry: they are not late. */
  readonly waiting: number;
  /** Pending and due for more than an hour. */
  readonly stuck: number;
  /** Deliveries that failed at least once and wait for their next attempt, or are in it. */
  readonly failing: number;
  /** When the first of them failed for the first time; null when there is none. */
  readonly failingSince: Date | null;
  /** When the next attempt at one of them is due; null when there is none, or a worker has all of them in hand. */
  readonly nextAttemptAt: Date | null;
  /** Until then, by the clock of the database; 0 when it is due. */
  readonly nextAttemptInSeconds: number | null;
  /** How long the oldest ticket that nothing holds back has been due; null when there is none. */
  readonly oldestDueAgeSeconds: number | null;
  readonly lastDeliveredAt: Date | null;
  /** Null before the first night. */
  readonly deliveredCheck: DeliveredCheckResult | null;
}

/** Events or tickets per second, averages of the last minute. */
export interface OutboxRates {
  /** Appended by all processes; null until this process has watched for a second. */
  readonly appendedPerSecond: number | null;
  /** 0 while no worker is active. */
  readonly publishedPerSecond: number;
  /** 0 while no worker is active. */
  readonly deliveredPerSecond: number;
}

/** The state of the event layer at one instant. */
export interface OutboxStats {
  readonly total: ConsumerStats['counts'];
  readonly stuck: number;
  readonly waiting: number;
  readonly oldestDueAgeSeconds: number | null;
  readonly consumers: readonly ConsumerStats[];
  readonly rates: OutboxRates;
  readonly leader: LeaderStatus;
  /** Work that was refused at its end because another worker had taken it over; of all workers alive, since each began. */
  readonly fencedAcknowledgements: number;
  /** The last position of the log. */
  readonly logPosition: number;
  /** In force, the oldest first. */
  readonly pauses: readonly Pause[];
  readonly verdict: OutboxVerdict;
}

/** What can be wrong with the outbox. */
export const OUTBOX_PROBLEMS = [
  'paused',
  'no_active_worker',
  'loop_fails',
  'delivery_is_late',
  'consumer_without_worker',
  'deliveries_fail',
  'dead_letters',
] as const;

/** One thing that is wrong. */
export interface OutboxReason {
  readonly problem: (typeof OUTBOX_PROBLEMS)[number];
  /** Null when it concerns all of them. */
  readonly consumer: string | null;
  /** Null when the database does not know. */
  readonly since: Date | null;
  /** One sentence for an operator. */
  readonly text: string;
}

/** Whether the outbox does its work. Stats, health, doctor and command line say this, and judge nothing again. */
export interface OutboxVerdict {
  /** True when there is no reason. */
  readonly healthy: boolean;
  /** The reasons as one text; what is done when there is none. */
  readonly summary: string;
  /** What explains most comes first. */
  readonly reasons: readonly OutboxReason[];
  /** The earliest known beginning of a reason. */
  readonly since: Date | null;
}
