import { ProcessMetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import { MetricsServer } from './http/metrics-server.js';
import { BuildMetrics } from './scrape/build.metrics.js';
import { OwnMetrics } from './scrape/own-metrics.js';
import { Scrape } from './scrape/scrape.js';
import { WorkerScrape } from './scrape/worker-scrape.js';
import { WorkerFigures } from './worker/worker-figures.js';

/**
 * The metrics of the worker: told with its heartbeats, and on `METRICS_PORT` when that is set. Needs the global
 * ProcessesModule and DatabaseModule, and {@link MonitoringConfig} among the loaded settings.
 */
@Module({
  imports: [ProcessMetricsModule],
  providers: [BuildMetrics, MetricsServer, OwnMetrics, WorkerFigures, { provide: Scrape, useClass: WorkerScrape }],
})
export class WorkerMonitoringModule {}
