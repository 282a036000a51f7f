import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { TaskNotFoundError } from '../../tasks/dlq-task.errors.js';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskStore } from '../../tasks/dlq-task.store.js';
import { TaskChange } from '../task-change.js';
import { RestoreTask } from './restore-task.command.js';

@CommandHandler(RestoreTask)
export class RestoreTaskHandler implements ICommandHandler<RestoreTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly change: TaskChange,
    private readonly tasks: DlqTaskStore,
  ) {}

  async execute({ taskId, reason }: RestoreTask): Promise<DlqTask> {
    return this.unitOfWork.run((tx) =>
      this.change.apply(tx, taskId, { action: 'restore_started', reason }, (task) => {
        // A redrive has nothing in the archive.
        if (task.kind !== 'discard') throw new TaskNotFoundError(taskId);
        return task.state === 'undoing' ? undefined : this.tasks.setState(tx, taskId, 'undoing', reason ?? null);
      }),
    );
  }
}
