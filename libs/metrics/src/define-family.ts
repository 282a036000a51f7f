import type { MetricFamily, MetricSample, MetricType } from './metric-family.js';
import { checkMetricName } from './metric-name.js';
import type { NamedMetric } from './metric-name.js';

/** What the documentation says about a metric. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A metric whose values are computed at scrape time and never stored. */
export interface FamilyDefinition extends MetricDefinition {
  /** The metric with these values. */
  of(values: readonly MetricSample[]): MetricFamily;
}

/**
 * Defines a metric whose values are read elsewhere, such as from the database.
 *
 * @throws MetricNameError when it is named against the rules
 */
export function defineFamily(type: MetricType, { name, help, labelNames = [] }: NamedMetric): FamilyDefinition {
  checkMetricName(type, { name, help, labelNames });
  return { name, type, help, labelNames, of: (values) => ({ name, help, type, values }) };
}
