import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { SenderFields, SenderView } from '../../views/sender.js';

/** Change what is known of a sender; gives the sender after it. */
export class UpdateSender extends Command<SenderView> {
  constructor(
    /** Folded. */
    readonly email: string,
    readonly changes: Partial<SenderFields>,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
