import { PageQuery, StringField } from '#zakops/http';
import { DEFAULT_NOTE_CATEGORY } from '../../domain/deal-note.js';

const CONTENT = {
  max: 65_536,
  notBlank: true,
  example: 'The owner wants to retire next year.',
  description: 'Kept as it was given, with its line breaks; composed (NFC) as every text.',
} as const;
const CATEGORY = { max: 50, notBlank: true, example: 'call' } as const;

/** What `POST /api/deals/{id}/note` takes. */
export class AddNoteRequest {
  @StringField(CONTENT)
  content!: string;

  @StringField({ ...CATEGORY, optional: true, default: DEFAULT_NOTE_CATEGORY, description: 'A free word by which notes are found again.' })
  category: string = DEFAULT_NOTE_CATEGORY;
}

/** What `PATCH /api/deals/{id}/notes/{note_id}` takes: at least one field. */
export class ChangeNoteRequest {
  @StringField({ ...CONTENT, optional: true })
  content?: string;

  @StringField({ ...CATEGORY, optional: true })
  category?: string;
}

/** Filter and paging of the notes of a deal. */
export class ListNotesParams extends PageQuery {
  @StringField({ max: 50, notBlank: true, optional: true, description: 'Only notes of exactly this category.' })
  category?: string;
}
