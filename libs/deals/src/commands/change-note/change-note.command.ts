import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { NoteEditor, NoteText } from '../../domain/deal-note.js';
import type { RecordedNote } from '../../views/note.js';

/** Change content or category of a note; gives the note after the change. */
export class ChangeNote extends Command<RecordedNote> {
  constructor(
    readonly dealId: string,
    readonly noteId: string,
    readonly changes: Partial<NoteText>,
    readonly editor: NoteEditor,
    /** The versions of the note on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
