import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { TaskEndedError } from '../../tasks/dlq-task.errors.js';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskStore } from '../../tasks/dlq-task.store.js';
import { TaskChange } from '../task-change.js';
import { ChangeTaskRate } from './change-task-rate.command.js';

@CommandHandler(ChangeTaskRate)
export class ChangeTaskRateHandler implements ICommandHandler<ChangeTaskRate> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly change: TaskChange,
    private readonly tasks: DlqTaskStore,
  ) {}

  async execute({ id, rate }: ChangeTaskRate): Promise<DlqTask> {
    return this.unitOfWork.run((tx) =>
      this.change.apply(tx, id, { action: 'rate_changed', reason: undefined }, (task) => {
        if (task.state !== 'running') throw new TaskEndedError(id, task.state);
        return this.tasks.setRate(tx, id, rate);
      }),
    );
  }
}
