import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealNote } from '../../domain/deal-note.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { NoteRepository } from '../../persistence/note.repository.js';
import type { RecordedNote } from '../../views/note.js';
import { AddNote } from './add-note.command.js';

@CommandHandler(AddNote)
export class AddNoteHandler implements ICommandHandler<AddNote> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly notes: NoteRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, text, author }: AddNote): Promise<RecordedNote> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      const note = DealNote.write(deal, text, author);
      const [, recorded] = await Promise.all([this.deals.save(tx, deal), this.notes.add(tx, dealId, note)]);
      this.journal.write(tx, deal);
      return recorded;
    });
  }
}
