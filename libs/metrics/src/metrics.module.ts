import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { EventLoopMetrics } from './process/event-loop.metrics.js';
import { GcMetrics } from './process/gc.metrics.js';
import { ProcessMetrics } from './process/process.metrics.js';

/** The registry of a process, and what every process measures of itself. */
@Global()
@Module({ providers: [Metrics, EventLoopMetrics, GcMetrics, ProcessMetrics], exports: [Metrics] })
export class MetricsModule {}
