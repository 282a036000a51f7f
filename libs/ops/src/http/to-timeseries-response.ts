import { TIERS } from '#zakops/figures';
import type { Timeseries } from '../timeseries/get-timeseries.query.js';
import type { Bin } from '../timeseries/series.js';
import type { SeriesBoundsResponse, TimeseriesResponse } from './dto/timeseries.response.js';

/** From series to their form on the wire. */
export function toTimeseriesResponse({ span, series, annotations, newestIsPartial }: Timeseries): TimeseriesResponse {
  const isWide = span.stepSeconds > TIERS.fine.stepSeconds;
  return {
    step_seconds: span.stepSeconds,
    from: toInstant(span.from),
    to: toInstant(span.to),
    times: Array.from({ length: span.bins }, (_, index) => span.from + index * span.stepSeconds),
    series: column(series, ({ mean }) => mean),
    bounds: isWide ? boundsOf(series) : null,
    annotations: annotations.map(({ at, kind, text, link }) => ({ at: toInstant(at), kind, text, link })),
    newest_is_partial: newestIsPartial,
  };
}

function boundsOf(series: Timeseries['series']): SeriesBoundsResponse {
  return { min: column(series, ({ least }) => least), max: column(series, ({ greatest }) => greatest) };
}

function column(series: Timeseries['series'], value: (bin: Bin) => number | null): Record<string, (number | null)[]> {
  return Object.fromEntries([...series].map(([name, bins]) => [name, bins.map(value)]));
}

function toInstant(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
