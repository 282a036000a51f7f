import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../persistence/item.reader.js';
import type { SenderPlace, SenderView } from '../../views/sender.js';
import { SenderReader } from '../../persistence/sender.reader.js';
import { ListSenders } from './list-senders.query.js';

@QueryHandler(ListSenders)
export class ListSendersHandler implements IQueryHandler<ListSenders> {
  constructor(private readonly senders: SenderReader) {}

  async execute(query: ListSenders): Promise<Page<SenderView, SenderPlace>> {
    return this.senders.list(query.filter, query.limit, query.start);
  }
}
