import { Query } from '@nestjs/cqrs';
import type { ItemWithBody } from '../../views/item.js';

/** One item; fails with ItemNotFoundError. */
export class GetItem extends Query<ItemWithBody> {
  constructor(readonly id: string) {
    super();
  }
}
