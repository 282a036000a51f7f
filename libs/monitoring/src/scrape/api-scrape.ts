import type { MetricFamily } from '#zakops/metrics';
import { mergeFamilies } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { SystemFigures } from '../system/system-figures.js';
import { OwnMetrics } from './own-metrics.js';
import { Scrape } from './scrape.js';

/** What the API tells: itself, the whole system as the database knows it, and the workers by their heartbeats. */
@Injectable()
export class ApiScrape extends Scrape {
  constructor(
    private readonly own: OwnMetrics,
    private readonly system: SystemFigures,
  ) {
    super();
  }

  async families(): Promise<readonly MetricFamily[]> {
    return mergeFamilies(await Promise.all([this.own.families(), this.system.families()]));
  }
}
