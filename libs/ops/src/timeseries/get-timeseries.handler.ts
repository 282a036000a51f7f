import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { explainChange } from './annotations.js';
import { AuditedChangesReader } from './audited-changes.reader.js';
import { GetTimeseries } from './get-timeseries.query.js';
import type { Timeseries } from './get-timeseries.query.js';
import { binOf, figuresOf } from './series.js';
import { toTimeSpan } from './time-span.js';
import { TimeseriesReader } from './timeseries.reader.js';

@QueryHandler(GetTimeseries)
export class GetTimeseriesHandler implements IQueryHandler<GetTimeseries> {
  constructor(
    private readonly reader: TimeseriesReader,
    private readonly audited: AuditedChangesReader,
  ) {}

  async execute({ series, time, points }: GetTimeseries): Promise<Timeseries> {
    const now = await this.reader.now();
    const [from, to] = 'rangeSeconds' in time ? [now - time.rangeSeconds, now] : [time.from, Math.min(time.to, now)];
    const span = toTimeSpan(Math.min(from, to), to, now, points);
    const figures = new Map(series.flatMap(figuresOf).map((figure) => [figure.key, figure]));
    const bins = await this.reader.read(span, [...figures.values()]);
    const changes = (await this.reader.changes(span)).flatMap(explainChange);
    const annotations = [...changes, ...(await this.audited.read(span))].sort((a, b) => a.at - b.at);
    return {
      span,
      series: new Map(series.map((name) => [name, binsOf(name, span.bins, bins)])),
      annotations,
      newestIsPartial: span.to > now,
    };
  }
}

function binsOf(name: string, count: number, read: Awaited<ReturnType<TimeseriesReader['read']>>): ReturnType<typeof binOf>[] {
  return Array.from({ length: count }, (_, index) => binOf(name, (key) => read.get(key)?.get(index)));
}
