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
