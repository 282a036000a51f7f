import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { ConsumerRegistry } from './consume/consumer.registry.js';
import { CursorStore } from './consume/cursor.store.js';
import { LogReader } from './consume/log.reader.js';
import { RunnerTools } from './consume/runner-tools.js';
import { DeliveredCheck } from './delivered-check/delivered-check.js';
import { DeliveredCheckSchedule } from './delivered-check/delivered-check.schedule.js';
import { DeliveredCheckStore } from './delivered-check/delivered-check.store.js';
import { LeaderMetrics } from './lease/leader.metrics.js';
import { Leadership } from './lease/leadership.js';
import { TakeOver } from './relay/take-over.js';
import { WorkerLease } from './lease/worker-lease.js';
import { OutboxModule } from './outbox.module.js';
import { Publisher } from './publish/publisher.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { HeldTicketStore } from './pauses/held-ticket.store.js';
import { PauseWatch } from './pauses/pause-watch.js';
import { RelayMetrics } from './metrics/relay.metrics.js';
import { ReplayStore } from './replay/replay.store.js';
import { Retention } from './retention/retention.js';
import { RetentionSchedule } from './retention/retention.schedule.js';
import { RetentionStore } from './retention/retention.store.js';
import { TicketStore } from './tickets/ticket.store.js';

/** The worker's part: publishes and delivers. Loaded by the worker alone. */
@Module({
  imports: [OutboxModule, MetricsModule, DiscoveryModule, ScheduleModule.forRoot()],
  providers: [
    ConsumerRegistry,
    CursorStore,
    DeliveredCheck,
    DeliveredCheckSchedule,
    DeliveredCheckStore,
    HeldTicketStore,
    LogReader,
    LeaderMetrics,
    Leadership,
    OutboxRelay,
    PauseWatch,
    Publisher,
    RelayMetrics,
    ReplayStore,
    Retention,
    RetentionSchedule,
    RetentionStore,
    RunnerTools,
    TakeOver,
    TicketStore,
    WorkerLease,
  ],
  exports: [Leadership],
})
export class OutboxRelayModule {}
