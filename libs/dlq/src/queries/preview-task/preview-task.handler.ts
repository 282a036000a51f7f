import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { TaskPreview } from '../../tasks/dlq-task.js';
import { DlqTaskReader } from '../../tasks/dlq-task.reader.js';
import { PreviewTask } from './preview-task.query.js';

@QueryHandler(PreviewTask)
export class PreviewTaskHandler implements IQueryHandler<PreviewTask> {
  constructor(private readonly reader: DlqTaskReader) {}

  async execute({ filter }: PreviewTask): Promise<TaskPreview> {
    return this.reader.preview(filter);
  }
}
