import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { binOf, figuresOf } from '../timeseries/series.js';
import { TimeseriesReader } from '../timeseries/timeseries.reader.js';

const MINUTE = 60;
const STEP = 10;

/** Requests of all API processes in the last whole minute. */
// A poll is a request too: a quiet system would never answer 304.
@ContributesSnapshot({ members: ['http'], ages: ['p95_ms'], coarse: ['per_second'] })
@Injectable()
export class HttpRatesSnapshot implements SnapshotContributor {
  constructor(private readonly reader: TimeseriesReader) {}

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const to = Math.floor((await this.reader.now()) / STEP) * STEP;
    const span = { from: to - MINUTE, to, stepSeconds: STEP, bins: MINUTE / STEP, isFine: true };
    const names = ['http.requests', 'http.error_ratio', 'http.p95_ms'] as const;
    const figures = new Map(names.flatMap(figuresOf).map((figure) => [figure.key, figure]));
    const read = await this.reader.read(span, [...figures.values()]);
    // A bin without a sample is a gap, not a zero.
    const bin = (key: string): ReturnType<typeof binOf> | undefined => combined([...(read.get(key)?.values() ?? [])]);
    const [requests, errors, p95] = names.map((name) => binOf(name, bin).mean);
    return {
      http: {
        per_second: requests === null || requests === undefined ? null : Math.round(requests * 10) / 10,
        error_ratio: errors ?? null,
        p95_ms: p95 ?? null,
      },
    };
  }
}

function combined(bins: readonly ReturnType<typeof binOf>[]): ReturnType<typeof binOf> | undefined {
  const means = bins.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  if (means.length === 0) return undefined;
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return { mean, least: mean, greatest: mean };
}
