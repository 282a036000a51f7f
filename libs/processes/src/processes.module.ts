import { MetricsModule } from '#zakops/metrics';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HeartbeatFile } from './heartbeat/heartbeat-file.js';
import { HeartbeatStats } from './heartbeat/heartbeat-stats.js';
import { HeartbeatStore } from './heartbeat/heartbeat.store.js';
import { ProcessFigures } from './list/process.figures.js';
import { LoopMetrics } from './heartbeat/loop.metrics.js';
import { ProcessHeartbeat } from './heartbeat/process-heartbeat.js';
import { ProcessListModule } from './process-list.module.js';
import { WorkerMetrics } from './metrics/worker-metrics.js';
import { PROCESS_KIND, ProcessIdentity } from './process-identity.js';
import type { ProcessKind } from './process-kind.js';

/**
 * Holds the heartbeat. Not global itself: Nest ends global modules last, TypeORM's with the pool among them, and the heartbeat removes its
 * row at the end.
 */
@Module({
  imports: [DiscoveryModule, ProcessListModule],
  providers: [HeartbeatStats, HeartbeatStore, ProcessFigures, ProcessHeartbeat, ProcessIdentity],
  exports: [ProcessHeartbeat, ProcessIdentity, ProcessListModule],
})
class HeartbeatModule {
  static forRoot(kind: ProcessKind): DynamicModule {
    const loops =
      kind === 'outbox-worker'
        ? { imports: [MetricsModule], providers: [HeartbeatFile, LoopMetrics, WorkerMetrics] }
        : { imports: [], providers: [] };
    return {
      module: HeartbeatModule,
      imports: loops.imports,
      providers: [{ provide: PROCESS_KIND, useValue: kind }, ...loops.providers],
    };
  }
}

/** The name and the heartbeat of this process, and the list of processes. Global, because the app chooses the kind of process once. */
@Module({})
export class ProcessesModule {
  static forRoot(kind: ProcessKind): DynamicModule {
    return { module: ProcessesModule, global: true, imports: [HeartbeatModule.forRoot(kind)], exports: [HeartbeatModule] };
  }
}
