import type { DealStage } from '#zakops/contracts';
import { Command } from '@nestjs/cqrs';
import type { DealView } from '../../queries/get-deal/deal.view.js';
import type { DealDetails } from '../../domain/deal-details.js';

/** What came of {@link CreateDeal}. */
export interface CreatedDeal {
  readonly deal: DealView;
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
