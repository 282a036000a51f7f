import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ContactReader } from '../../persistence/contact.reader.js';
import { DealReader } from '../../persistence/deal.reader.js';
import type { RecordedContact } from '../../views/contact.js';
import { GetContact } from './get-contact.query.js';

@QueryHandler(GetContact)
export class GetContactHandler implements IQueryHandler<GetContact> {
  constructor(
    private readonly deals: DealReader,
    private readonly contacts: ContactReader,
  ) {}

  async execute({ dealId, contactId }: GetContact): Promise<RecordedContact> {
    await this.deals.stageOf(dealId);
    return this.contacts.get(dealId, contactId);
  }
}
