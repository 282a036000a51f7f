import { ArrayField, DateTimeField, InputError, IntegerField, StringField, stringRule } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import type { AskedTime } from '../../timeseries/get-timeseries.query.js';
import { isSeries, SERIES } from '../../timeseries/series.js';
import { MOST_POINTS } from '../../timeseries/time-span.js';

const TEXT = stringRule({ min: 1, max: 200 });
const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const MOST_DAYS = 14;

const NAME: ValueRule = {
  ...TEXT,
  faults(value) {
    const faults = TEXT.faults(value);
    if (faults.length > 0 || isSeries(String(value))) return faults;
    return [{ code: 'NOT_ALLOWED', detail: `must be one of ${SERIES.join(', ')}, or one by consumer as <name>:<consumer>`, at: '' }];
  },
};

/** Which figures, and of when. */
export class TimeseriesParams {
  @ArrayField(NAME, {
    minItems: 1,
    maxItems: 12,
    unique: true,
    description: `Names separated by commas: ${SERIES.map((name) => `\`${name}\``).join(', ')}. Gauges of the outbox also exist by consumer, as \`outbox.pending:deal-activity\`.`,
    example: ['outbox.oldest_due_age', 'http.p95_ms'],
  })
  series!: string[];

  @StringField({
    optional: true,
    max: 5,
    pattern: /^[1-9]\d{0,3}[mhd]$/,
    patternHint: 'must be minutes, hours or days, like 15m, 6h or 14d',
    description: 'The time up to now; one hour unless `from` is given.',
    example: '1h',
  })
  range?: string;

  @DateTimeField({ optional: true, description: 'In place of `range`.' })
  from?: string;

  @DateTimeField({ optional: true, description: 'With `from`; now by default.' })
  to?: string;

  @IntegerField({ optional: true, min: 2, max: MOST_POINTS, default: 360, description: 'The most points for each series.' })
  points = 360;
}

/**
 * From the parameters to a time.
 *
 * @throws InputError when they contradict each other, or ask for more than 14 days
 */
export function toAskedTime({ range, from, to }: TimeseriesParams): AskedTime {
  if (from === undefined) {
    if (to !== undefined) throw invalid('to', 'needs `from` beside it');
    return { rangeSeconds: range === undefined ? 3_600 : secondsOf(range) };
  }
  if (range !== undefined) throw invalid('range', 'cannot stand beside `from`');
  const begin = Date.parse(from) / 1_000;
  const end = to === undefined ? Math.ceil(Date.now() / 1_000) : Date.parse(to) / 1_000;
  if (end <= begin) throw invalid('from', 'must be before `to`');
  if (end - begin > MOST_DAYS * 86_400) throw invalid('from', 'must be at most 14 days before `to`');
  return { from: begin, to: end };
}

function secondsOf(range: string): number {
  const seconds = Number(range.slice(0, -1)) * (UNIT_SECONDS[range.slice(-1)] ?? 1);
  if (seconds > MOST_DAYS * 86_400) throw invalid('range', 'must be at most 14d');
  return seconds;
}

function invalid(pointer: string, detail: string): InputError {
  return new InputError([{ pointer, detail, code: 'NOT_ALLOWED' }]);
}
