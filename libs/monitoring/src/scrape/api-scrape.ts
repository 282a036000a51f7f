import type { MetricFamily } from '#zakops/metrics';
import { mergeFamilies } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { SystemMetrics } from '../system/system-metrics.js';
import { OwnMetrics } from './own-metrics.js';
import { Scrape } from './scrape.js';

/** The metrics of this API process and of the whole system, those of the workers among them. */
@Injectable()
export class ApiScrape extends Scrape {
  constructor(
    private readonly own: OwnMetrics,
    private readonly system: SystemMetrics,
  ) {
    super();
  }

  async families(): Promise<readonly MetricFamily[]> {
    return mergeFamilies(await Promise.all([this.own.families(), this.system.families()]));
  }
}
