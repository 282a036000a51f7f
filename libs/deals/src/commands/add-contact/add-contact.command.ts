import { Command } from '@nestjs/cqrs';
import type { ContactDetails } from '../../domain/deal-contact.js';
import type { RecordedContact } from '../../views/contact.js';

/** Add a person to the contacts of a deal. A primary one takes the place of the primary contact before. */
export class AddContact extends Command<RecordedContact> {
  constructor(
    readonly dealId: string,
    readonly details: ContactDetails,
  ) {
    super();
  }
}
