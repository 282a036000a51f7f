import { Command } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';

/** Ends a task after its present step; one that has ended is given as it is. Fails with TaskNotFoundError. */
export class CancelTask extends Command<DlqTask> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
