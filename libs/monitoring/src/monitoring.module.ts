import { ProcessMetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MetricsController } from './http/metrics.controller.js';
import { MetricsServer } from './http/metrics-server.js';
import { ApiScrape } from './scrape/api-scrape.js';
import { BuildMetrics } from './scrape/build.metrics.js';
import { OwnMetrics } from './scrape/own-metrics.js';
import { Scrape } from './scrape/scrape.js';
import { NotificationQueueMetrics } from './system/notification-queue.metrics.js';
import { SystemMetrics } from './system/system-metrics.js';

/** `GET /metrics` of the API, and `METRICS_PORT` when that is set. */
@Module({
  imports: [DiscoveryModule, ProcessMetricsModule],
  controllers: [MetricsController],
  providers: [BuildMetrics, MetricsServer, NotificationQueueMetrics, OwnMetrics, SystemMetrics, { provide: Scrape, useClass: ApiScrape }],
  exports: [SystemMetrics],
})
export class MonitoringModule {}
