import { Query } from '@nestjs/cqrs';
import type { RecordedNote } from '../../views/note.js';

/** One note. Fails with DealNotFoundError and NoteNotFoundError. */
export class GetNote extends Query<RecordedNote> {
  constructor(
    readonly dealId: string,
    readonly noteId: string,
  ) {
    super();
  }
}
