import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { glanceAt, ItemJournal } from '../../journal/item-journal.js';
import { ItemRepository } from '../../persistence/item.repository.js';
import type { NoteView } from '../../views/item.js';
import { AddItemNote } from './add-item-note.command.js';

@CommandHandler(AddItemNote)
export class AddItemNoteHandler implements ICommandHandler<AddItemNote> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly items: ItemRepository,
    private readonly journal: ItemJournal,
  ) {}

  async execute({ itemId, content, author }: AddItemNote): Promise<NoteView> {
    return this.unitOfWork.run(async (tx) => {
      const { item } = await this.items.load(tx, itemId);
      const note = await this.items.addNote(tx, itemId, { id: uuidV7(), content, author });
      item.noteAdded(note.id, author, content);
      this.items.save(tx, item);
      this.journal.write(tx, item, glanceAt(item));
      return note;
    });
  }
}
