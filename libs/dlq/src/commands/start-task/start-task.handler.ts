import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { DeadLetterStore } from '#zakops/outbox';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DeadLettersGrewError, PreviewExpiredError, TaskRunningError } from '../../tasks/dlq-task.errors.js';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskStore } from '../../tasks/dlq-task.store.js';
import { canonicalFilter } from '../../tasks/filter-key.js';
import { requireMayPurge } from '../purge-limit.js';
import { StartTask } from './start-task.command.js';
import type { Previewed } from './start-task.command.js';

@CommandHandler(StartTask)
export class StartTaskHandler implements ICommandHandler<StartTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: DlqTaskStore,
    private readonly deadLetters: DeadLetterStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ kind, filter, options }: StartTask): Promise<DlqTask> {
    const { limit, rate, reason, previewed, mayPurge } = options;
    return this.unitOfWork.run(async (tx) => {
      const until = await this.deadLetters.boundOfWalk(tx);
      const { count, hasExpired } = await this.tasks.count(tx, { ...filter, until }, previewed?.expiresAt);
      requireUnchanged(previewed, count, hasExpired);
      if (kind === 'discard') requireMayPurge(Math.min(count, limit ?? count), mayPurge);
      const { actor } = currentProvenance();
      const asked = { limit, rate, reason, actorType: actor.type, actorId: actor.id, total: count };
      const task = await this.tasks.add(tx, { id: uuidV7(), kind, state: 'running', filter, until, ...asked });
      // A task that has ended since the insert leaves the way free for the next call.
      if (task === undefined) throw new TaskRunningError((await this.tasks.running(tx, filter)) ?? 'before this one');
      this.audit.record(tx, {
        action: 'dead_letter_task.started',
        resourceType: 'dead_letter_task',
        resourceId: task.id,
        before: null,
        after: { state: task.state },
        details: { kind, reason, filter: canonicalFilter(filter), limit, rate, count },
      });
      return task;
    });
  }
}

function requireUnchanged(previewed: Previewed | undefined, count: number, hasExpired: boolean): void {
  if (previewed === undefined) return;
  if (hasExpired) throw new PreviewExpiredError();
  if (count > previewed.count + previewed.maxGrowth) throw new DeadLettersGrewError(previewed.count, count, previewed.maxGrowth);
}
