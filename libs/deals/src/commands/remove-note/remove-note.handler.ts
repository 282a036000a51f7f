import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealNote } from '../../domain/deal-note.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { NoteRepository } from '../../persistence/note.repository.js';
import { RemoveNote } from './remove-note.command.js';

@CommandHandler(RemoveNote)
export class RemoveNoteHandler implements ICommandHandler<RemoveNote> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly notes: NoteRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, noteId, editor, acceptedVersions }: RemoveNote): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      const note = DealNote.restore(deal, await this.notes.find(tx, dealId, noteId));
      note.requireEditable(editor, acceptedVersions);
      note.remove();
      await Promise.all([this.deals.save(tx, deal), this.notes.remove(tx, noteId)]);
      this.journal.write(tx, deal);
    });
  }
}
