import { AuditModule } from '#zakops/audit';
import { ProcessListModule } from '#zakops/processes';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ConsumerReader } from '../consumer-admin/consumer.reader.js';
import { ListConsumersHandler } from '../consumer-admin/list-consumers.handler.js';
import { RemoveConsumerHandler } from '../consumer-admin/remove-consumer.handler.js';
import { PausesModule } from '../pause-admin/pauses.module.js';
import { RetentionLagReader } from '../retention/retention-lag.reader.js';
import { RetentionMetrics } from '../retention/retention.metrics.js';
import { AppendRate } from '../stats/append-rate.js';
import { LeaderStatusReader } from '../stats/leader-status.js';
import { OutboxProcessorHealth } from '../stats/outbox-processor.health.js';
import { OutboxStatsReader } from '../stats/outbox-stats.reader.js';
import { OutboxHealth } from '../stats/outbox.health.js';
import { OutboxMetrics } from '../stats/outbox.metrics.js';
import { GetOutboxStatsHandler } from './get-outbox-stats.handler.js';
import { OutboxConsumersController } from './outbox-consumers.controller.js';
import { OutboxStatsController } from './outbox-stats.controller.js';

/** The outbox's statistics and consumers over HTTP. For the API; the worker opens no port. */
@Module({
  imports: [AuditModule, CqrsModule, DiscoveryModule, PausesModule, ProcessListModule],
  controllers: [OutboxConsumersController, OutboxStatsController],
  providers: [
    AppendRate,
    ConsumerReader,
    GetOutboxStatsHandler,
    LeaderStatusReader,
    ListConsumersHandler,
    OutboxHealth,
    OutboxMetrics,
    OutboxProcessorHealth,
    OutboxStatsReader,
    RemoveConsumerHandler,
    RetentionLagReader,
    RetentionMetrics,
  ],
})
export class OutboxHttpModule {}
