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

/** Whether the outbox does its work, and in one sentence why. */
export interface OutboxVerdict {
  readonly healthy: boolean;
  readonly summary: string;
}
