import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { RetentionLagReader } from './retention-lag.reader.js';

const LAG = defineFamily('gauge', {
  name: 'zakops_outbox_retention_lag_seconds',
  help: 'How much older than its retention the oldest row of a table is, by table; 0 when it is within. `events` includes rows that a consumer or a dead letter keeps.',
  labelNames: ['table'],
});

/** Whether expired rows are removed in time. */
@ContributesSystemMetrics()
@Injectable()
export class RetentionMetrics implements SystemMetricsContributor {
  readonly definitions = [LAG];

  constructor(private readonly reader: RetentionLagReader) {}

  async read(): Promise<readonly MetricFamily[]> {
    const lags = await this.reader.read();
    return [LAG.of(lags.map(({ table, lagSeconds }) => ({ labels: { table }, value: lagSeconds })))];
  }
}
