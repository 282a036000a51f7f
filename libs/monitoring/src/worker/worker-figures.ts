import { Metrics } from '#zakops/metrics';
import { ProcessHeartbeat } from '#zakops/processes';
import type { FigureSource } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { METRICS_FIGURE } from './worker-families.js';

/** Tells the metrics of this worker with its heartbeats, so that the API can pass them on and the worker needs no port. */
@Injectable()
export class WorkerFigures implements FigureSource, OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly heartbeat: ProcessHeartbeat,
  ) {}

  onModuleInit(): void {
    this.heartbeat.contribute(this);
  }

  async figures(): Promise<object> {
    const families = await this.metrics.families();
    return { [METRICS_FIGURE]: families.map(({ name, help, type, values }) => ({ name, help, type, values })) };
  }
}
