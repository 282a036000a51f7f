import type { MetricFamily } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { OwnMetrics } from './own-metrics.js';
import { Scrape } from './scrape.js';

/** The metrics of this worker. Only the API answers those of the whole system. */
@Injectable()
export class WorkerScrape extends Scrape {
  constructor(private readonly own: OwnMetrics) {
    super();
  }

  families(): Promise<readonly MetricFamily[]> {
    return this.own.families();
  }
}
