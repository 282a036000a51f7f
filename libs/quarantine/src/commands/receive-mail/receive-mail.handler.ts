import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { createHash } from 'node:crypto';
import { QuarantineItem } from '../../domain/quarantine-item.js';
import type { Mail } from '../../domain/mail.js';
import { ItemJournal } from '../../journal/item-journal.js';
import { ItemRepository } from '../../persistence/item.repository.js';
import { SenderStore } from '../../senders/persistence/sender.store.js';
import { toItemView } from '../../views/to-item-view.js';
import { ReceiveMail } from './receive-mail.command.js';
import type { ReceivedMail } from './receive-mail.command.js';

@CommandHandler(ReceiveMail)
export class ReceiveMailHandler implements ICommandHandler<ReceiveMail> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly items: ItemRepository,
    private readonly senders: SenderStore,
    private readonly journal: ItemJournal,
  ) {}

  async execute({ mail }: ReceiveMail): Promise<ReceivedMail> {
    return this.unitOfWork.run(async (tx) => {
      const digest = digestOf(mail);
      const item = QuarantineItem.receive(uuidV7(), mail, digest);
      const createdAt = await this.items.add(tx, item, digest);
      if (createdAt === undefined) {
        const known = await this.items.findByMessage(tx, mail.messageId);
        known.item.requireSame(digest);
        return { item: known.view, isNew: false };
      }
      this.senders.noteMail(tx, mail);
      this.journal.write(tx, item, null);
      return { item: toItemView(item, createdAt), isNew: true };
    });
  }
}

/** Of all that was received: two calls with one digest brought the same mail. */
function digestOf(mail: Mail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('base64url');
}
