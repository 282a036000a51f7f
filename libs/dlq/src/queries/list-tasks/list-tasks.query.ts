import { Query } from '@nestjs/cqrs';
import type { TaskKey, TaskPage, TaskState } from '../../tasks/dlq-task.js';

/** Tasks, newest first. */
export class ListTasks extends Query<TaskPage> {
  constructor(
    readonly state: TaskState | undefined,
    readonly limit: number,
    readonly after: TaskKey | undefined,
  ) {
    super();
  }
}
