import { ProcessMetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { MetricsServer } from './http/metrics-server.js';
import { BuildMetrics } from './scrape/build.metrics.js';
import { OwnMetrics } from './scrape/own-metrics.js';
import { Scrape } from './scrape/scrape.js';
import { WorkerScrape } from './scrape/worker-scrape.js';

/** The metrics of the worker on `METRICS_PORT`, when that is set. */
@Module({
  imports: [ProcessMetricsModule],
  providers: [BuildMetrics, MetricsServer, OwnMetrics, { provide: Scrape, useClass: WorkerScrape }],
})
export class WorkerMonitoringModule {}
