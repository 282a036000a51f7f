import type { MetricFamily } from '#zakops/metrics';

/** What is written for one scrape. */
export abstract class Scrape {
  /** All metrics of this moment. Never fails: what cannot be read is missing, and a metric says so. */
  abstract families(): Promise<readonly MetricFamily[]>;
}
