import { DateTimeField, StringField, UuidField } from '#zakops/http';
import type { RecordedNote } from '../../views/note.js';

/** Something that a person wrote about a deal. */
export class NoteResponse {
  @UuidField()
  id!: string;

  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ max: 65_536, example: 'The owner wants to retire next year.' })
  content!: string;

  @StringField({ example: 'general' })
  category!: string;

  @StringField({ example: 'dev@zakops.local', description: 'The e-mail address of the author when the note was written.' })
  author!: string;

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;
}

/** From the view to the wire. */
export function toNoteResponse(note: RecordedNote): NoteResponse {
  return {
    id: note.id,
    deal_id: note.dealId,
    content: note.content,
    category: note.category,
    author: note.author,
    created_at: note.createdAt.toISOString(),
    updated_at: note.updatedAt.toISOString(),
  };
}
