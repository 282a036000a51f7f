import type { DealStage } from '#zakops/contracts';
import { Command } from '@nestjs/cqrs';
import type { DealDetails } from '../../domain/deal-details.js';

/** What came of {@link CreateDeal}. */
export interface CreatedDeal {
  readonly dealId: string;
}

/** Open a deal. */
export class CreateDeal extends Command<CreatedDeal> {
  constructor(
    readonly details: DealDetails,
    readonly stage: DealStage,
    /** Who or what brought it, for example `api`. */
    readonly source: string,
  ) {
    super();
  }
}
