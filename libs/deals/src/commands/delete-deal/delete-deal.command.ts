import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';

/** Delete a deal; its row, history and events stay. Gives its version. */
export class DeleteDeal extends Command<{ readonly version: number }> {
  constructor(
    readonly dealId: string,
    readonly deletedBy: string,
    readonly reason: string | null,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
