import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ConsumerReader } from './consumer.reader.js';
import type { ConsumerView } from './consumer.view.js';
import { ListConsumers } from './list-consumers.query.js';

@QueryHandler(ListConsumers)
export class ListConsumersHandler implements IQueryHandler<ListConsumers> {
  constructor(private readonly reader: ConsumerReader) {}

  async execute(): Promise<readonly ConsumerView[]> {
    return this.reader.all();
  }
}
