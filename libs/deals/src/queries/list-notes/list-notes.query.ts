import { Query } from '@nestjs/cqrs';
import type { NoteKey, RecordedNote } from '../../views/note.js';
import type { Page } from '../../views/page.js';

/** The notes of a deal, newest first. Fails with DealNotFoundError. */
export class ListNotes extends Query<Page<RecordedNote, NoteKey>> {
  constructor(
    readonly dealId: string,
    readonly category: string | undefined,
    readonly limit: number,
    readonly after: NoteKey | undefined,
  ) {
    super();
  }
}
