import { Query } from '@nestjs/cqrs';
import type { Page } from '../page.js';

/** One move of a deal. */
export interface StageMoveView {
  readonly fromStage: string;
  readonly toStage: string;
  readonly movedBy: string;
  readonly reason: string | null;
  readonly movedAt: Date;
}

/** The sort key of a move. */
export interface StageMoveKey {
  readonly id: string;
}

/** The moves of a deal, oldest first. Fails with DealNotFoundError. */
export class GetStageHistory extends Query<Page<StageMoveView, StageMoveKey>> {
  constructor(
    readonly dealId: string,
    readonly limit: number,
    readonly after: StageMoveKey | undefined,
  ) {
    super();
  }
}
