import { Command } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';

/**
 * Brings back what a discard has moved to the archive, however long ago: as an undo without a limit of time. The worker does it. Fails with
 * TaskNotFoundError, also for a redrive.
 */
export class RestoreTask extends Command<DlqTask> {
  constructor(
    readonly taskId: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
