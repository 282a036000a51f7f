import type { DealStage } from '#zakops/contracts';
import { Query } from '@nestjs/cqrs';

/** Where a deal is and where it may go. */
export interface ValidTransitionsView {
  readonly dealId: string;
  /** As stored; adopted data may hold a text that is none of the nine. */
  readonly currentStage: string;
  readonly validTransitions: readonly DealStage[];
}

/** The moves that a deal may make now. Fails with DealNotFoundError. */
export class GetValidTransitions extends Query<ValidTransitionsView> {
  constructor(readonly dealId: string) {
    super();
  }
}
