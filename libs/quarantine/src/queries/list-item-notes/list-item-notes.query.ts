import { Query } from '@nestjs/cqrs';
import type { Page } from '../../persistence/item.reader.js';
import type { NoteView } from '../../views/item.js';

/** The notes on an item, oldest first; fails with ItemNotFoundError. */
export class ListItemNotes extends Query<Page<NoteView, string>> {
  constructor(
    readonly itemId: string,
    readonly limit: number,
    /** The id of the note before. */
    readonly after: string | undefined,
  ) {
    super();
  }
}
