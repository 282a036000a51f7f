import type { UnitOfWork } from '#zakops/database';
import type { CrashPoints } from '../crash-points.js';
import type { Leadership } from '../lease/leadership.js';
import type { OutboxConfig } from '../outbox.config.js';
import type { RelayMetrics } from '../metrics/relay.metrics.js';
import type { RetryDelays } from '../tickets/retry-schedule.js';
import type { TicketStore } from '../tickets/ticket.store.js';
import type { CursorStore } from './cursor.store.js';
import type { LogReader } from './log.reader.js';

/** What a runner needs; all runners of a worker share it. */
export interface RunnerTools {
  readonly reader: LogReader;
  readonly cursors: CursorStore;
  readonly tickets: TicketStore;
  readonly unitOfWork: UnitOfWork;
  readonly leadership: Pick<Leadership, 'fence'>;
  readonly config: OutboxConfig;
  readonly metrics: RelayMetrics;
  readonly crashPoints: CrashPoints;
  /** Seconds to wait after the given failed attempt; by the default delays when none are given. */
  readonly retryDelay: (attempt: number, delays?: RetryDelays) => number;
  /** Called with the number of events delivered. */
  readonly onDelivered: (events: number) => void;
}
