import type { MetricDefinition, MetricFamily } from '#zakops/metrics';

/** Metrics of the whole system that are read from the database. */
export interface SystemFigure {
  /** What {@link read} may give. */
  readonly definitions: readonly MetricDefinition[];
  /** @throws DatabaseUnavailableError when the server cannot be reached */
  read(): Promise<readonly MetricFamily[]>;
}
