import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DlqTask } from '../../tasks/dlq-task.js';
import { DlqTaskReader } from '../../tasks/dlq-task.reader.js';
import { GetTask } from './get-task.query.js';

@QueryHandler(GetTask)
export class GetTaskHandler implements IQueryHandler<GetTask> {
  constructor(private readonly reader: DlqTaskReader) {}

  async execute({ id }: GetTask): Promise<DlqTask> {
    return this.reader.get(id);
  }
}
