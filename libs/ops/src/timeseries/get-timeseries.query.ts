import { Query } from '@nestjs/cqrs';
import type { Annotation } from './annotations.js';
import type { Bin } from './series.js';
import type { TimeSpan } from './time-span.js';

/** The time that is asked for, in seconds since 1970; `rangeSeconds` up to now wins. */
export type AskedTime = { readonly rangeSeconds: number } | { readonly from: number; readonly to: number };

/** Series over a time. */
export interface Timeseries {
  readonly span: TimeSpan;
  /** One bin for each step. */
  readonly series: ReadonlyMap<string, readonly Bin[]>;
  /** Oldest first. */
  readonly annotations: readonly Annotation[];
  /** The last bin is not over. */
  readonly newestIsPartial: boolean;
}

/** Figures over a time. */
export class GetTimeseries extends Query<Timeseries> {
  /** @param points - 2 to 720 */
  constructor(
    readonly series: readonly string[],
    readonly time: AskedTime,
    readonly points: number,
  ) {
    super();
  }
}
