import { Query } from '@nestjs/cqrs';
import type { ContactKey, RecordedContact } from '../../views/contact.js';
import type { Page } from '../../views/page.js';

/** The contacts of a deal, in the order in which they were added. Fails with DealNotFoundError. */
export class ListContacts extends Query<Page<RecordedContact, ContactKey>> {
  constructor(
    readonly dealId: string,
    readonly limit: number,
    readonly after: ContactKey | undefined,
  ) {
    super();
  }
}
