import { ArrayField, DateTimeField, StringField } from '#zakops/http';
import type { StageMoveView } from '../../views/stage-move.js';

/** One move of a deal. */
export class StageMoveItem {
  @StringField({ example: 'inbound' })
  from_stage!: string;

  @StringField({ example: 'initial_review' })
  to_stage!: string;

  @StringField({ example: 'dev@zakops.local' })
  transitioned_by!: string;

  @StringField({ nullable: true })
  reason!: string | null;

  @DateTimeField()
  timestamp!: string;
}

/** The moves of a deal, oldest first. */
export class StageHistoryResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @ArrayField(() => StageMoveItem)
  history!: StageMoveItem[];
}

/** From the view to the wire. */
export function toStageMoveItem(move: StageMoveView): StageMoveItem {
  return {
    from_stage: move.fromStage,
    to_stage: move.toStage,
    transitioned_by: move.movedBy,
    reason: move.reason,
    timestamp: move.movedAt.toISOString(),
  };
}
