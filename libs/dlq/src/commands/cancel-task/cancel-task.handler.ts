import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskStore } from '../../tasks/dlq-task.store.js';
import { TaskChange } from '../task-change.js';
import { CancelTask } from './cancel-task.command.js';

@CommandHandler(CancelTask)
export class CancelTaskHandler implements ICommandHandler<CancelTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly change: TaskChange,
    private readonly tasks: DlqTaskStore,
  ) {}

  async execute({ id, reason }: CancelTask): Promise<DlqTask> {
    return this.unitOfWork.run((tx) =>
      this.change.apply(tx, id, { action: 'cancelled', reason }, (task) =>
        task.state === 'running' ? this.tasks.setState(tx, id, 'cancelled', reason ?? null) : undefined,
      ),
    );
  }
}
