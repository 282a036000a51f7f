import { Injectable } from '@nestjs/common';
import type { Counter, Gauge, Histogram, Metric } from 'prom-client';
import CounterMetric from 'prom-client/lib/counter.js';
import GaugeMetric from 'prom-client/lib/gauge.js';
import HistogramMetric from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { MetricDefinition } from './define-family.js';
import type { MetricFamily, MetricType } from './metric-family.js';
import { checkMetricName } from './metric-name.js';

/** What a metric is. */
export interface MetricOptions<M, L extends string> {
  /** `zakops_` and words in snake_case; ends in its base unit, a counter in `_total`. */
  readonly name: string;
  /** One sentence: what is measured, and what a reader must know about it. */
  readonly help: string;
  /** Their values must come from a small closed set: every combination is a series that stays in memory. */
  readonly labelNames?: readonly L[];
  /** Called before the values are read, for values that need not be up to date all the time. */
  readonly collect?: (metric: M) => void | Promise<void>;
}

/** What a histogram is. */
export interface HistogramOptions<L extends string> extends MetricOptions<Histogram<L>, L> {
  /** Upper bounds, growing. */
  readonly buckets: readonly number[];
}

/**
 * The metrics of one process: every lib registers its own here, once.
 *
 * @remarks Recording costs less than a microsecond with labels that were bound before (`counter.labels(...)`).
 */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #definitions: MetricDefinition[] = [];

  /** What is registered, in the order of registration. */
  get definitions(): readonly MetricDefinition[] {
    return this.#definitions;
  }

  /**
   * A value that only grows, from zero at the start of the process.
   *
   * @throws MetricNameError when it is named against the rules, Error when the name is taken
   */
  counter<L extends string = never>({ name, help, labelNames = [], collect }: MetricOptions<Counter<L>, L>): Counter<L> {
    this.define('counter', { name, help, labelNames });
    return new CounterMetric<L>({ name, help, labelNames: [...labelNames], registers: [this.#registry], ...collecting(collect) });
  }

  /**
   * A value that goes up and down.
   *
   * @throws MetricNameError when it is named against the rules, Error when the name is taken
   */
  gauge<L extends string = never>({ name, help, labelNames = [], collect }: MetricOptions<Gauge<L>, L>): Gauge<L> {
    this.define('gauge', { name, help, labelNames });
    return new GaugeMetric<L>({ name, help, labelNames: [...labelNames], registers: [this.#registry], ...collecting(collect) });
  }

  /**
   * How often values fell below each of some bounds, their number and their sum.
   *
   * @throws MetricNameError when it is named against the rules, Error when the name is taken
   */
  histogram<L extends string = never>({ name, help, labelNames = [], collect, buckets }: HistogramOptions<L>): Histogram<L> {
    this.define('histogram', { name, help, labelNames });
    return new HistogramMetric<L>({
      name,
      help,
      labelNames: [...labelNames],
      buckets: [...buckets],
      registers: [this.#registry],
      ...collecting(collect),
    });
  }

  /** All metrics with their values of this moment, in the order of their registration. */
  async families(): Promise<readonly MetricFamily[]> {
    // The registry's own copies, in the form that its types hide: plain objects, `type` in words.
    return (await this.#registry.getMetricsAsJSON()) as unknown as readonly MetricFamily[];
  }

  private define(type: MetricType, definition: Omit<MetricDefinition, 'type'>): void {
    checkMetricName(type, definition);
    this.#definitions.push({ type, ...definition });
  }
}

/** prom-client calls `collect` with the metric as `this`; here it is handed over. */
function collecting<M extends Metric>(
  collect: ((metric: M) => void | Promise<void>) | undefined,
): { collect?: (this: M) => void | Promise<void> } {
  if (collect === undefined) return {};
  return {
    collect(this: M): void | Promise<void> {
      return collect(this);
    },
  };
}
