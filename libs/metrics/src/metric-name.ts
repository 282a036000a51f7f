import type { MetricType } from './metric-family.js';

/** A metric is named against the rules: a defect, found when the process starts. */
export class MetricNameError extends Error {
  constructor(name: string, reason: string) {
    super(`The metric ${name} ${reason}.`);
    this.name = 'MetricNameError';
  }
}

const NAME = /^zakops(?:_[a-z][a-z0-9]*)+$/;
const LABEL = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

// The words of units that are not base units, and of what Prometheus adds itself.
const NOT_A_UNIT = new Set(['ms', 'us', 'ns', 'millis', 'milliseconds', 'microseconds', 'nanoseconds', 'minutes', 'hours', 'days']);
const NOT_A_SIZE = new Set(['kb', 'mb', 'gb', 'kib', 'mib', 'kilobytes', 'megabytes', 'percent', 'percentage']);
const SUFFIXES_OF_SAMPLES = new Set(['count', 'sum', 'bucket']);
const RESERVED_LABELS = new Set(['le', 'quantile', 'job', 'instance', 'process']);
const MEASURED = new Set(['seconds', 'bytes', 'ratio']);

/** What is checked of a metric before it exists. */
export interface NamedMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/**
 * Holds every metric to the naming rules of Prometheus: prefix `zakops_`, snake_case, base units, `_total` for counters and only for them.
 *
 * @throws MetricNameError
 * @see https://prometheus.io/docs/practices/naming/
 */
export function checkMetricName(type: MetricType, { name, help, labelNames = [] }: NamedMetric): void {
  const fail = (reason: string): never => {
    throw new MetricNameError(name, reason);
  };
  if (!NAME.test(name)) fail('must be zakops_ and words in snake_case');
  const words = name.split('_');
  const last = words.at(-1) ?? '';
  for (const word of words)
    if (NOT_A_UNIT.has(word) || NOT_A_SIZE.has(word)) fail(`names ${word}; base units are seconds, bytes and ratios`);
  if ((type === 'counter') !== (last === 'total'))
    fail(type === 'counter' ? 'counts, so it ends in _total' : 'ends in _total and is no counter');
  if (SUFFIXES_OF_SAMPLES.has(last)) fail(`ends in _${last}, which is what samples of histograms end in`);
  if (type === 'histogram' && !MEASURED.has(last)) fail('is a histogram, so it ends in its unit: _seconds, _bytes or _ratio');
  if (!/^[A-Z][^\n]*\.$/.test(help)) fail('has no help text in the form of a sentence');
  for (const label of labelNames) {
    if (!LABEL.test(label) || RESERVED_LABELS.has(label)) fail(`has the label ${label}, which is reserved or not in snake_case`);
  }
}
