import { Module } from '@nestjs/common';
import { MetricsModule } from './metrics.module.js';
import { EventLoopMetrics } from './process/event-loop.metrics.js';
import { GcMetrics } from './process/gc.metrics.js';
import { ProcessMetrics } from './process/process.metrics.js';

/** What every process measures about itself: processor, memory, event loop, garbage collection. */
@Module({ imports: [MetricsModule], providers: [EventLoopMetrics, GcMetrics, ProcessMetrics], exports: [MetricsModule] })
export class ProcessMetricsModule {}
