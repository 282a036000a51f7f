import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { UndoTooLateError } from '../../tasks/dlq-task.errors.js';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskStore } from '../../tasks/dlq-task.store.js';
import { TaskChange } from '../task-change.js';
import { UndoTask } from './undo-task.command.js';

@CommandHandler(UndoTask)
export class UndoTaskHandler implements ICommandHandler<UndoTask> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly change: TaskChange,
    private readonly tasks: DlqTaskStore,
  ) {}

  async execute({ id, reason }: UndoTask): Promise<DlqTask> {
    return this.unitOfWork.run((tx) =>
      this.change.apply(tx, id, { action: 'undo_started', reason }, (task) => {
        if (!task.canUndo) throw new UndoTooLateError(id, task.state);
        return this.tasks.setState(tx, id, 'undoing', reason ?? null);
      }),
    );
  }
}
