import { UnitOfWork } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CrashPoints } from '../crash-points.js';
import { FailureLog } from '../failures/failure-log.js';
import { Leadership } from '../lease/leadership.js';
import { RelayMetrics } from '../metrics/relay.metrics.js';
import { OutboxConfig } from '../outbox.config.js';
import { HeldTicketStore } from '../pauses/held-ticket.store.js';
import { PauseWatch } from '../pauses/pause-watch.js';
import { LogReaders } from '../log/log-readers.js';
import { RateMeter } from '../relay/rate-meter.js';
import { ReplayStore } from '../replay/replay.store.js';
import { TicketStore } from '../tickets/ticket.store.js';
import { CursorStore } from './cursor.store.js';
import { LogReader } from './log.reader.js';

/** What a runner needs; all runners of a worker share it. */
@Injectable()
export class RunnerTools {
  /** Events that were delivered. */
  readonly delivered = new RateMeter();
  readonly failureLog = new FailureLog();

  constructor(
    readonly reader: LogReader,
    readonly cursors: CursorStore,
    readonly tickets: TicketStore,
    readonly unitOfWork: UnitOfWork,
    readonly leadership: Leadership,
    readonly config: OutboxConfig,
    readonly metrics: RelayMetrics,
    readonly crashPoints: CrashPoints,
    readonly pauses: PauseWatch,
    readonly heldTickets: HeldTicketStore,
    readonly replays: ReplayStore,
    readonly logReaders: LogReaders,
  ) {}
}
