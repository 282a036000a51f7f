import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toNoteResponse } from '../http/dto/note.response.js';
import { NoteReader } from '../persistence/note.reader.js';
import type { NoteKey } from '../views/note.js';
import { SECTION_ROWS } from './section-rows.js';

/** The notes of the deal, each with its whole content. */
@Injectable()
@ContributesCaseFile({ name: 'notes', order: 30 })
export class NotesSection implements CaseFileSection<NoteKey> {
  constructor(private readonly notes: NoteReader) {}

  async page(dealId: string, after: NoteKey | undefined): Promise<CaseFilePage<NoteKey>> {
    const { items, next } = await this.notes.list(dealId, undefined, SECTION_ROWS, after);
    return { items: items.map(toNoteResponse), next };
  }
}
