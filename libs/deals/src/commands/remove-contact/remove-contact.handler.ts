import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealContact } from '../../domain/deal-contact.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { ContactRepository } from '../../persistence/contact.repository.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import { RemoveContact } from './remove-contact.command.js';

@CommandHandler(RemoveContact)
export class RemoveContactHandler implements ICommandHandler<RemoveContact> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly contacts: ContactRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, contactId, acceptedVersions }: RemoveContact): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      const contact = DealContact.restore(deal, await this.contacts.find(tx, dealId, contactId));
      contact.requireVersion(acceptedVersions);
      contact.remove();
      await Promise.all([this.deals.save(tx, deal), this.contacts.remove(tx, contactId)]);
      this.journal.write(tx, deal);
    });
  }
}
