import type { UnitOfWork } from '#zakops/database';
import type { Leadership } from '../lease/leadership.js';
import type { OutboxConfig } from '../outbox.config.js';
import type { RelayMetrics } from '../relay/relay.metrics.js';
import type { TicketStore } from '../tickets/ticket-store.js';
import type { Inbox } from './inbox.js';

/** What a runner needs; all runners of a worker share it. */
export interface ConsumerRunnerTools {
  readonly tickets: TicketStore;
  readonly inbox: Inbox;
  readonly unitOfWork: UnitOfWork;
  readonly leadership: Leadership;
  readonly config: OutboxConfig;
  readonly metrics: RelayMetrics;
  /** Called with the number of tickets delivered. */
  readonly onDelivered: (tickets: number) => void;
}
