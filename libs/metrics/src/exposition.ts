import type { Metric } from 'prom-client';
import Registry from 'prom-client/lib/registry.js';
import type { MetricFamily, MetricSample } from './metric-family.js';

/** Media type of {@link writeExposition}: the text format of Prometheus. */
export const EXPOSITION_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Brings the metrics of several sources into one list, by name: the text format wants all values of a metric together.
 *
 * @remarks The first source says what a metric is; values of one with the same name and another type are left out.
 */
export function mergeFamilies(sources: readonly (readonly MetricFamily[])[]): readonly MetricFamily[] {
  const merged = new Map<string, { family: MetricFamily; values: MetricSample[] }>();
  for (const family of sources.flat()) {
    const known = merged.get(family.name);
    if (known === undefined) merged.set(family.name, { family, values: [...family.values] });
    else if (known.family.type === family.type) known.values.push(...family.values);
  }
  return [...merged.values()]
    .map(({ family, values }) => ({ ...family, values }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Adds labels to every value; those that a value has already stay. */
export function withLabels(families: readonly MetricFamily[], labels: MetricSample['labels']): readonly MetricFamily[] {
  return families.map((family) => ({
    ...family,
    values: family.values.map((sample) => ({ ...sample, labels: { ...labels, ...sample.labels } })),
  }));
}

/** Writes metrics in the text format of Prometheus; those without a value are left out. */
export async function writeExposition(families: readonly MetricFamily[]): Promise<string> {
  const registry = new Registry();
  for (const family of families) {
    if (family.values.length > 0) registry.registerMetric({ ...family, get: () => Promise.resolve(family) } as unknown as Metric);
  }
  return registry.metrics();
}
