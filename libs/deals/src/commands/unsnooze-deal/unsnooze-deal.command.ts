import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** End the snooze of a deal; gives the deal after it. */
export class UnsnoozeDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    readonly unsnoozedBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
