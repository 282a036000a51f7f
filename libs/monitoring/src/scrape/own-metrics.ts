import { Metrics, withLabels } from '#zakops/metrics';
import type { MetricFamily } from '#zakops/metrics';
import { ProcessIdentity } from '#zakops/processes';
import { Injectable } from '@nestjs/common';

/** The metrics of this process, each labelled with the kind of process. */
@Injectable()
export class OwnMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly identity: ProcessIdentity,
  ) {}

  async families(): Promise<readonly MetricFamily[]> {
    return withLabels(await this.metrics.families(), { process: this.identity.kind });
  }
}
