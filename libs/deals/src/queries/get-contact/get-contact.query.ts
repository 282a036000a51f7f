import { Query } from '@nestjs/cqrs';
import type { RecordedContact } from '../../views/contact.js';

/** One contact. Fails with DealNotFoundError and ContactNotFoundError. */
export class GetContact extends Query<RecordedContact> {
  constructor(
    readonly dealId: string,
    readonly contactId: string,
  ) {
    super();
  }
}
