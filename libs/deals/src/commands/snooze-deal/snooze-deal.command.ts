import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Have nobody reminded of a deal until the end of a day; gives the deal after it. */
export class SnoozeDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    /** `YYYY-MM-DD`. */
    readonly until: string,
    readonly reason: string,
    readonly snoozedBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
