import { Query } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';

/** One task. Fails with TaskNotFoundError. */
export class GetTask extends Query<DlqTask> {
  constructor(readonly id: string) {
    super();
  }
}
