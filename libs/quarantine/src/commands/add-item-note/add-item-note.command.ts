import { Command } from '@nestjs/cqrs';
import type { NoteView } from '../../views/item.js';

/** Write a note on a mail. */
export class AddItemNote extends Command<NoteView> {
  constructor(
    readonly itemId: string,
    readonly content: string,
    readonly author: string,
  ) {
    super();
  }
}
