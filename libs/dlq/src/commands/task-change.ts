import { AuditLog } from '#zakops/audit';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { TaskNotFoundError } from '../tasks/dlq-task.errors.js';
import type { DlqTask } from '../tasks/dlq-task.js';
import { DlqTaskStore } from '../tasks/dlq-task.store.js';
import type { LockedTask } from '../tasks/dlq-task.store.js';

/** Changes one task, with its audit entry. */
@Injectable()
export class TaskChange {
  constructor(
    private readonly tasks: DlqTaskStore,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Locks the task, which waits for a step under way, and changes it.
   *
   * @param change - undefined when there is nothing to change; then nothing is written
   * @throws TaskNotFoundError
   */
  async apply(
    tx: Transaction,
    id: string,
    { action, reason }: { readonly action: string; readonly reason: string | undefined },
    change: (task: LockedTask) => Promise<DlqTask> | undefined,
  ): Promise<DlqTask> {
    const before = await this.tasks.lock(tx, id);
    if (before === undefined) throw new TaskNotFoundError(id);
    const after = await change(before);
    if (after === undefined) return before;
    this.audit.record(tx, {
      action: `dead_letter_task.${action}`,
      resourceType: 'dead_letter_task',
      resourceId: id,
      before: { state: before.state, rate: before.rate },
      after: { state: after.state, rate: after.rate },
      details: { reason, done: after.done },
    });
    return after;
  }
}
