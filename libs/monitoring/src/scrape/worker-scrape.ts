import type { MetricFamily } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { OwnMetrics } from './own-metrics.js';
import { Scrape } from './scrape.js';

/** What a worker tells on its own port: itself. The figures of the whole system are the API's to tell. */
@Injectable()
export class WorkerScrape extends Scrape {
  constructor(private readonly own: OwnMetrics) {
    super();
  }

  families(): Promise<readonly MetricFamily[]> {
    return this.own.families();
  }
}
