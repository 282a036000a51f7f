import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { ProcessHeartbeat } from './process-heartbeat.js';

/** Which loops of this worker fail. */
@Injectable()
export class LoopMetrics {
  constructor(metrics: Metrics, heartbeat: ProcessHeartbeat) {
    metrics.gauge({
      name: 'zakops_worker_loop_failing',
      help: 'Whether the turns of a loop of this worker fail, or its turn does not end: 1 or 0. A restart is not the cure.',
      labelNames: ['loop'],
      collect: (gauge) => {
        for (const { name, failingForMs } of heartbeat.loops) gauge.set({ loop: name }, failingForMs === undefined ? 0 : 1);
      },
    });
    metrics.gauge({
      name: 'zakops_worker_loop_failing_seconds',
      help: 'Seconds since a loop of this worker last had a good turn; 0 while it does not fail.',
      labelNames: ['loop'],
      collect: (gauge) => {
        for (const { name, failingForMs } of heartbeat.loops) gauge.set({ loop: name }, (failingForMs ?? 0) / 1_000);
      },
    });
  }
}
