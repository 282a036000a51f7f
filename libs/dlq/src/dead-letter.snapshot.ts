import { ContributesSnapshot } from '#zakops/figures';
import type { SnapshotContributor } from '#zakops/figures';
import { Injectable } from '@nestjs/common';
import type { FailureGroupView } from './failure-group.view.js';
import { toTaskResponse } from './http/to-task-response.js';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats.reader.js';
import { FailureGroupReader } from './persistence/failure-group.reader.js';
import { DlqTaskReader } from './tasks/dlq-task.reader.js';

const GROUPS_SHOWN = 5;
const TASKS_SHOWN = 20;

/** The dead letters, their largest groups, and what is done with many of them, for the page of operations. */
@ContributesSnapshot({ members: ['dlq', 'tasks'], ages: ['oldest_age_seconds', 'seconds_left'] })
@Injectable()
export class DeadLetterSnapshot implements SnapshotContributor {
  constructor(
    private readonly stats: DeadLetterStatsReader,
    private readonly groups: FailureGroupReader,
    private readonly tasks: DlqTaskReader,
  ) {}

  async snapshot(): Promise<Readonly<Record<string, unknown>>> {
    const { total, byReason, oldestFailedAt, oldestAgeSeconds } = await this.stats.read({});
    // Groups are counted by a look at every dead letter; most of the time there is none.
    const groups = total === 0 ? { total: 0, groups: [] } : await this.groups.list({}, GROUPS_SHOWN, undefined);
    const { tasks } = await this.tasks.list('running', TASKS_SHOWN, undefined);
    return {
      dlq: {
        total,
        groups: groups.total,
        by_reason: byReason,
        oldest_entry: oldestFailedAt?.toISOString() ?? null,
        oldest_age_seconds: oldestAgeSeconds,
        newest: newestFirst(groups.groups).map((group) => ({ fingerprint: group.fingerprint, count: group.count, title: titleOf(group) })),
      },
      tasks: tasks.map(toTaskResponse),
    };
  }
}

function newestFirst(groups: readonly FailureGroupView[]): readonly FailureGroupView[] {
  return [...groups].sort((a, b) => b.lastFailedAt.getTime() - a.lastFailedAt.getTime());
}

/** What is wrong, in a few words. */
function titleOf({ consumer, eventType, errorClass, sqlState, message, reasonCode }: FailureGroupView): string {
  const what = message ?? errorClass ?? reasonCode ?? 'unknown';
  return `${consumer}, ${eventType}: ${what}${sqlState === null ? '' : ` (${sqlState})`}`;
}
