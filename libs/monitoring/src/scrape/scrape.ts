import type { MetricFamily } from '#zakops/metrics';

/** Collects the metrics for one scrape. */
export abstract class Scrape {
  /** All metrics of this moment. Never fails: metrics that cannot be read are missing, and `zakops_scrape_database_up` says so. */
  abstract families(): Promise<readonly MetricFamily[]>;
}
