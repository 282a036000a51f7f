import type { DealStage } from '#zakops/contracts';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import type { DealDetails } from '../../domain/deal-details.js';

/** Open a deal; gives the deal as it was opened. */
export class CreateDeal extends Command<DealSnapshot> {
  constructor(
    readonly details: DealDetails,
    readonly stage: DealStage,
    /** Who or what brought it, for example `api`. */
    readonly source: string,
  ) {
    super();
  }
}
