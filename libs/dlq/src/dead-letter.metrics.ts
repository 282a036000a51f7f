import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats.reader.js';

/** The most reasons with a series of their own: handlers choose the codes, so their number is not bounded. */
export const MOST_REASONS = 20;

const OTHER = 'other';

const BY_REASON = defineFamily('gauge', {
  name: 'zakops_dlq_entries_by_reason',
  help: 'Dead letters by reason code: the 20 most frequent, the rest as `other`.',
  labelNames: ['reason_code'],
});
const OLDEST = defineFamily('gauge', {
  name: 'zakops_dlq_oldest_age_seconds',
  help: 'For how long the oldest dead letter has been dead; 0 when there is none.',
});

/** Reasons and age of the dead letters; their number comes with the outbox. */
@ContributesSystemMetrics()
@Injectable()
export class DeadLetterMetrics implements SystemMetricsContributor {
  readonly definitions = [BY_REASON, OLDEST];

  constructor(private readonly stats: DeadLetterStatsReader) {}

  async read(): Promise<readonly MetricFamily[]> {
    const { byReason, oldestAgeSeconds } = await this.stats.read();
    return [
      BY_REASON.of(mostFrequent(byReason).map(([reason, value]) => ({ labels: { reason_code: reason }, value }))),
      OLDEST.of([{ labels: {}, value: oldestAgeSeconds ?? 0 }]),
    ];
  }
}

function mostFrequent(byReason: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  const sorted = Object.entries(byReason).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = new Map(sorted.slice(0, MOST_REASONS));
  const rest = sorted.slice(MOST_REASONS).reduce((sum, [, n]) => sum + n, 0);
  if (rest > 0) kept.set(OTHER, (kept.get(OTHER) ?? 0) + rest);
  return [...kept];
}
