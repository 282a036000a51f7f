import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ItemWithBody } from '../../views/item.js';
import { ItemReader } from '../../persistence/item.reader.js';
import { GetItem } from './get-item.query.js';

@QueryHandler(GetItem)
export class GetItemHandler implements IQueryHandler<GetItem> {
  constructor(private readonly items: ItemReader) {}

  async execute(query: GetItem): Promise<ItemWithBody> {
    return this.items.get(query.id);
  }
}
