import { FIGURES, LATENCY_BOUNDS_MS } from '#zakops/figures';
import type { FigureName } from '#zakops/figures';

/** Series that are made of several figures. */
export const DERIVED = {
  'http.p50_ms': { share: 0.5 },
  'http.p95_ms': { share: 0.95 },
  'http.p99_ms': { share: 0.99 },
  'http.error_ratio': undefined,
} as const;

/** The names that can be asked for, without those of single consumers. */
export const SERIES: readonly string[] = [...Object.keys(FIGURES), ...Object.keys(DERIVED)];

/** The figures by consumer: `<name>:<consumer>` can be asked for too. */
export const BY_CONSUMER: readonly string[] = Object.entries(FIGURES)
  .filter(([, { byConsumer }]) => byConsumer === true)
  .map(([name]) => name);

/** A figure to read. */
export interface FigureToRead {
  readonly key: string;
  readonly kind: 'gauge' | 'counter';
}

/** One bin of one figure; a counter per second. Null is a gap: nobody sampled. */
export interface Bin {
  readonly mean: number | null;
  readonly least: number | null;
  readonly greatest: number | null;
}

const GAP: Bin = { mean: null, least: null, greatest: null };
const LATENCY_KEYS = LATENCY_BOUNDS_MS.map((ms) => `http.le_${String(ms)}`);

function isFigure(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name);
}

/** True for a series that exists. */
export function isSeries(name: string): boolean {
  const [base = '', consumer] = splitConsumer(name);
  return consumer === undefined ? SERIES.includes(base) : BY_CONSUMER.includes(base) && consumer !== '';
}

/** What must be read for a series. */
export function figuresOf(name: string): readonly FigureToRead[] {
  if (name === 'http.error_ratio') return [counter('http.errors'), counter('http.requests')];
  if (Object.hasOwn(DERIVED, name)) return [...LATENCY_KEYS.map(counter), counter('http.slower')];
  const [base = ''] = splitConsumer(name);
  return [{ key: name, kind: isFigure(base) ? FIGURES[base].kind : 'gauge' }];
}

/** A series out of the figures that {@link figuresOf} named; `bins` gives one bin of a figure. */
export function binOf(name: string, bin: (key: string) => Bin | undefined): Bin {
  if (name === 'http.error_ratio') return single(ratio(bin('http.errors')?.mean, bin('http.requests')?.mean));
  if (Object.hasOwn(DERIVED, name)) return single(percentile(DERIVED[name as 'http.p95_ms'].share, bin));
  return bin(name) ?? GAP;
}

/** The bound below which a share of the requests stayed; null without requests. */
function percentile(share: number, bin: (key: string) => Bin | undefined): number | null {
  const counts = [...LATENCY_KEYS, 'http.slower'].map((key) => bin(key)?.mean ?? 0);
  const all = counts.reduce((sum, n) => sum + n, 0);
  if (all === 0) return null;
  let below = 0;
  for (const [index, n] of counts.entries()) {
    below += n;
    if (below >= share * all) return LATENCY_BOUNDS_MS[index] ?? LATENCY_BOUNDS_MS.at(-1) ?? null;
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null;
}

function ratio(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part === null || part === undefined || whole === null || whole === undefined || whole === 0 ? null : round(part / whole);
}

function single(value: number | null): Bin {
  return { mean: value, least: value, greatest: value };
}

function counter(key: string): FigureToRead {
  return { key, kind: 'counter' };
}

function splitConsumer(name: string): readonly string[] {
  const colon = name.indexOf(':');
  return colon === -1 ? [name] : [name.slice(0, colon), name.slice(colon + 1)];
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
