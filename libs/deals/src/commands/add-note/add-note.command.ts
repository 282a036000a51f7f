import { Command } from '@nestjs/cqrs';
import type { NoteEditor, NoteText } from '../../domain/deal-note.js';
import type { RecordedNote } from '../../views/note.js';

/** Write a note about a deal. */
export class AddNote extends Command<RecordedNote> {
  constructor(
    readonly dealId: string,
    readonly text: NoteText,
    readonly author: Pick<NoteEditor, 'id' | 'email'>,
  ) {
    super();
  }
}
