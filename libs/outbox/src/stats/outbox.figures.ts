import { ContributesFigures } from '#zakops/figures';
import type { FigureContributor, FigureKey, MeasuredState } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import type { ConsumerStats, OutboxStats } from './outbox-stats.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

/** The most consumers with figures of their own: a sample must stay small. */
const MOST_CONSUMERS = 20;

const OF_CONSUMER = {
  'outbox.oldest_due_age': ({ oldestDueAgeSeconds }) => oldestDueAgeSeconds ?? 0,
  'outbox.pending': ({ counts }) => counts.pending,
  'outbox.failed': ({ counts }) => counts.failed,
  'outbox.processing': ({ counts }) => counts.processing,
  'outbox.waiting': ({ waiting }) => waiting,
  'outbox.dead': ({ counts }) => counts.dead,
} as const satisfies Readonly<Record<string, (stats: ConsumerStats) => number>>;

/** Depths and ages of the outbox, its worker and its log, for charts. */
@ContributesFigures()
@Injectable()
export class OutboxFigures implements FigureContributor {
  constructor(private readonly reader: OutboxStatsReader) {}

  async measured(): Promise<MeasuredState> {
    const stats = await this.reader.read();
    const { total, leader } = stats;
    return {
      figures: {
        'outbox.oldest_due_age': stats.oldestDueAgeSeconds ?? 0,
        'outbox.pending': total.pending,
        'outbox.failed': total.failed,
        'outbox.processing': total.processing,
        'outbox.waiting': stats.waiting,
        'outbox.dead': total.dead,
        'outbox.position': stats.logPosition,
        'deliveries.pauses': stats.pauses.length,
        'outbox.leader_alive': leader.alive ? 1 : 0,
        ...ofConsumers(stats),
      },
      marks: { fence: leader.fence, leader: leader.owner },
    };
  }
}

function ofConsumers({ consumers }: OutboxStats): MeasuredState['figures'] {
  const entries = consumers
    .slice(0, MOST_CONSUMERS)
    .flatMap((stats) =>
      Object.entries(OF_CONSUMER).map(([name, value]): readonly [FigureKey, number] => [
        `${name as keyof typeof OF_CONSUMER}:${stats.consumer}`,
        value(stats),
      ]),
    );
  return Object.fromEntries(entries);
}
