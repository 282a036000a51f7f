import type { DealStage } from '#zakops/contracts';
import { Query } from '@nestjs/cqrs';

/** Where a deal is and where it may go. */
export interface AllowedMovesView {
  readonly dealId: string;
  /** As stored; adopted data may hold a text that is none of the nine. */
  readonly currentStage: string;
  readonly allowedStages: readonly DealStage[];
}

/** The moves that a deal may make now. Fails with DealNotFoundError. */
export class GetAllowedMoves extends Query<AllowedMovesView> {
  constructor(readonly dealId: string) {
    super();
  }
}
