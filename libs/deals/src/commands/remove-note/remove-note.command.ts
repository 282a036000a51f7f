import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { NoteEditor } from '../../domain/deal-note.js';

/** Remove a note from a deal. */
export class RemoveNote extends Command<void> {
  constructor(
    readonly dealId: string,
    readonly noteId: string,
    readonly editor: NoteEditor,
    /** The versions of the note on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
