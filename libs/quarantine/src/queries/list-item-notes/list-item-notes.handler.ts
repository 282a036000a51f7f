import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ItemReader } from '../../persistence/item.reader.js';
import type { Page } from '../../persistence/item.reader.js';
import type { NoteView } from '../../views/item.js';
import { ListItemNotes } from './list-item-notes.query.js';

@QueryHandler(ListItemNotes)
export class ListItemNotesHandler implements IQueryHandler<ListItemNotes> {
  constructor(private readonly items: ItemReader) {}

  async execute({ itemId, limit, after }: ListItemNotes): Promise<Page<NoteView, string>> {
    await this.items.requireItem(itemId);
    return this.items.notes(itemId, limit, after);
  }
}
