import { Command } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';

/**
 * Takes a task back, which ends it: redriven deliveries that nothing has tried are dead letters again, as they were; discarded ones come out of
 * the archive. The worker does it. Fails with TaskNotFoundError or UndoTooLateError.
 */
export class UndoTask extends Command<DlqTask> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
