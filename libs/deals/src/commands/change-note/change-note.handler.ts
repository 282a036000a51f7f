import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealNote } from '../../domain/deal-note.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { NoteRepository } from '../../persistence/note.repository.js';
import type { RecordedNote } from '../../views/note.js';
import { ChangeNote } from './change-note.command.js';

@CommandHandler(ChangeNote)
export class ChangeNoteHandler implements ICommandHandler<ChangeNote> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly notes: NoteRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, noteId, changes, editor, acceptedVersions }: ChangeNote): Promise<RecordedNote> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      const stored = await this.notes.find(tx, dealId, noteId);
      const note = DealNote.restore(deal, stored);
      note.requireEditable(editor, acceptedVersions);
      if (!note.edit(changes)) return { ...stored, dealId };
      const [, recorded] = await Promise.all([this.deals.save(tx, deal), this.notes.save(tx, dealId, note, stored.createdAt)]);
      this.journal.write(tx, deal);
      return recorded;
    });
  }
}
