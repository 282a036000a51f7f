import { Metrics } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { ContributesHeartbeatStats } from '../heartbeat/contributes-heartbeat-stats.js';
import type { HeartbeatStatsContributor } from '../heartbeat/contributes-heartbeat-stats.js';
import { METRICS_MEMBER } from './worker-families.js';

/** Sends the metrics of this worker with its heartbeats: the API passes them on, so the worker needs no port. */
@ContributesHeartbeatStats()
@Injectable()
export class WorkerMetrics implements HeartbeatStatsContributor {
  constructor(private readonly metrics: Metrics) {}

  async heartbeatStats(): Promise<object> {
    const families = await this.metrics.families();
    return { [METRICS_MEMBER]: families.map(({ name, help, type, values }) => ({ name, help, type, values })) };
  }
}
