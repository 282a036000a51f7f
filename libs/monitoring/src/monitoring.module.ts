import { AuditBacklogModule } from '#zakops/audit';
import { ProcessMetricsModule } from '#zakops/metrics';
import { OutboxHttpModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MetricsController } from './http/metrics.controller.js';
import { MetricsServer } from './http/metrics-server.js';
import { ApiScrape } from './scrape/api-scrape.js';
import { BuildMetrics } from './scrape/build.metrics.js';
import { OwnMetrics } from './scrape/own-metrics.js';
import { Scrape } from './scrape/scrape.js';
import { AuditChainFigures } from './system/audit-chain.figures.js';
import { AuditChainHealth } from './system/audit-chain.health.js';
import { DatabaseFigures } from './system/database.figures.js';
import { DeadLetterFigures } from './system/dead-letter.figures.js';
import { OutboxFigures } from './system/outbox.figures.js';
import { ProcessFigures } from './system/process.figures.js';
import { RetentionFigures } from './system/retention.figures.js';
import { SystemFigures } from './system/system-figures.js';

const figures = [AuditChainFigures, DatabaseFigures, DeadLetterFigures, OutboxFigures, ProcessFigures, RetentionFigures, SystemFigures];

/**
 * `GET /metrics` of the API. Needs the global ProcessesModule, DatabaseModule and AuthModule, the DlqModule beside it, and
 * {@link MonitoringConfig} among the loaded settings.
 */
@Module({
  imports: [AuditBacklogModule, CqrsModule, OutboxHttpModule, ProcessMetricsModule],
  controllers: [MetricsController],
  providers: [...figures, AuditChainHealth, BuildMetrics, MetricsServer, OwnMetrics, { provide: Scrape, useClass: ApiScrape }],
  exports: [SystemFigures],
})
export class MonitoringModule {}
