import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import { toConsumerStatsResponse } from '../http/to-outbox-stats-response.js';
import { toPauseResponse } from '../http/to-pause-response.js';
import type { OutboxStats } from './outbox-stats.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

/** The outbox, its consumers, and pauses in force, for the page of operations. */
@ContributesSnapshot({ members: ['outbox', 'consumers', 'pauses'] })
@Injectable()
export class OutboxSnapshot implements SnapshotContributor {
  constructor(private readonly reader: OutboxStatsReader) {}

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const stats = await this.reader.read();
    const { total, rates, leader } = stats;
    return {
      outbox: {
        oldest_due_age_seconds: stats.oldestDueAgeSeconds,
        due: total.pending - stats.waiting,
        waiting: stats.waiting,
        failed: total.failed,
        in_work: total.processing,
        in_per_second: rates.appendedPerSecond,
        delivered_per_second: rates.deliveredPerSecond,
        empty_in_seconds: emptyInSeconds(stats),
        leader: { owner: leader.owner, fence: leader.fence, since: leader.since?.toISOString() ?? null, alive: leader.alive },
        wake_mode: leader.report.wakeMode,
        position: stats.logPosition,
      },
      consumers: stats.consumers.map(toConsumerStatsResponse),
      pauses: stats.pauses.map(toPauseResponse),
    };
  }
}

/** When the backlog is gone at the pace of the last minute; null without one, and while it does not shrink. */
function emptyInSeconds({ total, waiting, rates }: OutboxStats): number | null {
  const due = total.pending - waiting;
  const shrinking = rates.deliveredPerSecond - (rates.appendedPerSecond ?? 0);
  return due === 0 || shrinking <= 0 ? null : Math.ceil(due / shrinking);
}
