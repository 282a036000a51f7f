import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { NoteReader } from '../../persistence/note.reader.js';
import type { RecordedNote } from '../../views/note.js';
import { GetNote } from './get-note.query.js';

@QueryHandler(GetNote)
export class GetNoteHandler implements IQueryHandler<GetNote> {
  constructor(
    private readonly deals: DealReader,
    private readonly notes: NoteReader,
  ) {}

  async execute({ dealId, noteId }: GetNote): Promise<RecordedNote> {
    await this.deals.stageOf(dealId);
    return this.notes.get(dealId, noteId);
  }
}
