import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealDetails } from '../../domain/deal-details.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Change fields of a deal, but not its stage; gives the deal after the change. */
export class UpdateDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    readonly changes: Partial<DealDetails>,
    /** True when the caller tried to change the stage as well; it is refused. */
    readonly editsStage: boolean,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
