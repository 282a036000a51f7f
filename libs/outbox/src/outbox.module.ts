import { Module } from '@nestjs/common';
import { CommitHint } from './append/commit-hint.js';
import { Outbox } from './append/outbox.js';
import { CrashPoints } from './crash-points.js';
import { EventLog } from './log/event-log.js';
import { LogEpoch } from './log/log-epoch.js';
import { LogReaders } from './log/log-readers.js';
import { PostgresEventLog } from './log/postgres-event-log.js';
import { DeadLetterStore } from './dead-letters/dead-letter.store.js';
import { PostgresWakeSignal } from './wake/postgres-wake-signal.js';
import { WakeSignal } from './wake/wake-signal.js';

const ports = [
  { provide: WakeSignal, useClass: PostgresWakeSignal },
  { provide: EventLog, useClass: PostgresEventLog },
];

/** What every process needs: appending events in a transaction, and reading the log. */
@Module({
  providers: [CommitHint, CrashPoints, LogEpoch, LogReaders, Outbox, DeadLetterStore, ...ports],
  exports: [CrashPoints, LogEpoch, LogReaders, Outbox, DeadLetterStore, EventLog, WakeSignal],
})
export class OutboxModule {}
