import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { NoteReader } from '../../persistence/note.reader.js';
import type { NoteKey, RecordedNote } from '../../views/note.js';
import type { Page } from '../../views/page.js';
import { ListNotes } from './list-notes.query.js';

@QueryHandler(ListNotes)
export class ListNotesHandler implements IQueryHandler<ListNotes> {
  constructor(
    private readonly deals: DealReader,
    private readonly notes: NoteReader,
  ) {}

  async execute({ dealId, category, limit, after }: ListNotes): Promise<Page<RecordedNote, NoteKey>> {
    await this.deals.stageOf(dealId);
    return this.notes.list(dealId, category, limit, after);
  }
}
