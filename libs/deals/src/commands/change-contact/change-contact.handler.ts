import { UnitOfWork } from '#zakops/database';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { DealContact } from '../../domain/deal-contact.js';
import { DealJournal } from '../../journal/deal-journal.js';
import { ContactRepository } from '../../persistence/contact.repository.js';
import { DealRepository } from '../../persistence/deal.repository.js';
import type { RecordedContact } from '../../views/contact.js';
import { ChangeContact } from './change-contact.command.js';

@CommandHandler(ChangeContact)
export class ChangeContactHandler implements ICommandHandler<ChangeContact> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deals: DealRepository,
    private readonly contacts: ContactRepository,
    private readonly journal: DealJournal,
  ) {}

  async execute({ dealId, contactId, changes, acceptedVersions }: ChangeContact): Promise<RecordedContact> {
    return this.unitOfWork.run(async (tx) => {
      const deal = await this.deals.load(tx, dealId);
      const stored = await this.contacts.find(tx, dealId, contactId);
      const contact = DealContact.restore(deal, stored);
      contact.requireVersion(acceptedVersions);
      // First, because a deal has at most one primary contact at any moment.
      if (changes.isPrimary === true) await this.contacts.unmarkPrimary(tx, deal, stored.id);
      if (!contact.change(changes)) return { ...stored, dealId };
      const [, recorded] = await Promise.all([this.deals.save(tx, deal), this.contacts.save(tx, dealId, contact)]);
      this.journal.write(tx, deal);
      return recorded;
    });
  }
}
