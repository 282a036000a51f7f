import type { DeadLetterFilter } from '#zakops/outbox';
import { Query } from '@nestjs/cqrs';
import type { TaskPreview } from '../../tasks/dlq-task.js';

/** What a task with this filter would find now. Changes nothing. */
export class PreviewTask extends Query<TaskPreview> {
  constructor(readonly filter: DeadLetterFilter) {
    super();
  }
}
