import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { ContactDetails } from '../../domain/deal-contact.js';
import type { RecordedContact } from '../../views/contact.js';

/** Change fields of a contact; gives the contact after the change. */
export class ChangeContact extends Command<RecordedContact> {
  constructor(
    readonly dealId: string,
    readonly contactId: string,
    readonly changes: Partial<ContactDetails>,
    /** The versions of the contact on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
