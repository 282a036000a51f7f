import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ContactReader } from '../../persistence/contact.reader.js';
import { DealReader } from '../../persistence/deal.reader.js';
import type { ContactKey, RecordedContact } from '../../views/contact.js';
import type { Page } from '../../views/page.js';
import { ListContacts } from './list-contacts.query.js';

@QueryHandler(ListContacts)
export class ListContactsHandler implements IQueryHandler<ListContacts> {
  constructor(
    private readonly deals: DealReader,
    private readonly contacts: ContactReader,
  ) {}

  async execute({ dealId, limit, after }: ListContacts): Promise<Page<RecordedContact, ContactKey>> {
    await this.deals.stageOf(dealId);
    return this.contacts.list(dealId, limit, after);
  }
}
