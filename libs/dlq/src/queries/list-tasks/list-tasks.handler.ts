import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { TaskPage } from '../../tasks/dlq-task.js';
import { DlqTaskReader } from '../../tasks/dlq-task.reader.js';
import { ListTasks } from './list-tasks.query.js';

@QueryHandler(ListTasks)
export class ListTasksHandler implements IQueryHandler<ListTasks> {
  constructor(private readonly reader: DlqTaskReader) {}

  async execute({ state, limit, after }: ListTasks): Promise<TaskPage> {
    return this.reader.list(state, limit, after);
  }
}
