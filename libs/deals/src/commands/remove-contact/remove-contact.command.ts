import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';

/** Remove a contact from a deal. */
export class RemoveContact extends Command<void> {
  constructor(
    readonly dealId: string,
    readonly contactId: string,
    /** The versions of the contact on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
