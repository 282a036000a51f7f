import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../persistence/item.reader.js';
import type { ItemPlace, ItemView } from '../../views/item.js';
import { ItemReader } from '../../persistence/item.reader.js';
import { ListItems } from './list-items.query.js';

@QueryHandler(ListItems)
export class ListItemsHandler implements IQueryHandler<ListItems> {
  constructor(private readonly items: ItemReader) {}

  async execute(query: ListItems): Promise<Page<ItemView, ItemPlace>> {
    return this.items.list(query.filter, query.limit, query.start);
  }
}
