import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealContact } from '../../domain/deal-contact.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { ContactRepository } from '../../persistence/contact.repository.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import type { RecordedContact } from '../../views/contact.js';
import { AddContact } from './add-contact.command.js';

@CommandHandler(AddContact)
export class AddContactHandler implements ICommandHandler<AddContact> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly contacts: ContactRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, details }: AddContact): Promise<RecordedContact> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      // First, because a deal has at most one primary contact at any moment.
      if (details.isPrimary) await this.contacts.unmarkPrimary(tx, deal, undefined);
      const contact = DealContact.add(deal, details);
      const [, recorded] = await Promise.all([this.deals.save(tx, deal), this.contacts.add(tx, dealId, contact)]);
      this.journal.write(tx, deal);
      return recorded;
    });
  }
}
