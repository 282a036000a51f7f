import type { Transaction } from '#zakops/database';
import type { StageMove } from '../domain/deal.js';

/** A move as the history keeps it. */
export interface RecordedMove {
  readonly fromStage: string;
  readonly toStage: string;
  readonly movedAt: Date;
}

/** The moves that deals have made; written with each move, in its transaction and under the lock of its deal. */
export abstract class StageHistory {
  /**
   * Writes a move down, after the deal itself was saved.
   *
   * @param key - the caller's idempotency key, if it gave one
   * @returns when the deal entered its new stage
   */
  abstract append(tx: Transaction, dealId: string, move: StageMove, key: string | undefined): Promise<Date>;

  /** The move that was made under a key within the last 24 hours, or undefined. Call it under the lock of the deal. */
  abstract findByKey(tx: Transaction, dealId: string, key: string): Promise<RecordedMove | undefined>;
}
