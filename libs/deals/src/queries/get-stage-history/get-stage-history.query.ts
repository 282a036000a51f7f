import { Query } from '@nestjs/cqrs';
import type { StageMoveKey, StageMoveView } from '../../views/stage-move.js';
import type { Page } from '../../views/page.js';

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
