import { DiscoveryService } from '@nestjs/core';
import type { MetricDefinition } from './define-family.js';
import type { MetricFamily } from './metric-family.js';

/** Metrics of the whole system, read from the database when Prometheus scrapes. */
export interface SystemMetricsContributor {
  /** Every metric that {@link read} may give. */
  readonly definitions: readonly MetricDefinition[];
  /** @throws DatabaseUnavailableError when the server cannot be reached */
  read(): Promise<readonly MetricFamily[]>;
}

/** Marks a provider of any module as a {@link SystemMetricsContributor}. Such a provider belongs in modules of the API only. */
export const ContributesSystemMetrics = DiscoveryService.createDecorator();
