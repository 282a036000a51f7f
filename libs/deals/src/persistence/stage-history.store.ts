import { hasCome, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { StageMove } from '../domain/deal.js';

/** A move as the history keeps it. */
export interface RecordedMove {
  readonly fromStage: string;
  readonly toStage: string;
  readonly movedAt: Date;
}

// The time is that of the deal, to the microsecond.
const APPEND = prepared(`
  INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, reason, idempotency_key, outcome_reason, outcome_note,
    created_at)
  SELECT deal_id, $2, $3, $4, $5, $6, $7, $8, stage_entered_at FROM zakops.deals WHERE deal_id = $1`);
const FIND_BY_KEY = prepared(`
  SELECT from_stage AS "fromStage", to_stage AS "toStage", created_at AS "movedAt" FROM zakops.deal_stage_history
   WHERE deal_id = $1 AND idempotency_key = $2 AND created_at > statement_timestamp() - interval '24 hours'
     AND ${hasCome('created_at', 'statement_timestamp()')}
   ORDER BY id LIMIT 1`);

/** The moves that deals have made; written with each move, in its transaction and under the lock of its deal. */
@Injectable()
export class StageHistoryStore {
  /**
   * Writes a move with the commit; the deal is saved by then.
   *
   * @param key - the caller's idempotency key, if it gave one
   */
  append(tx: Transaction, dealId: string, move: StageMove, key: string | undefined): void {
    const { fromStage, toStage, movedBy, reason, outcome } = move;
    const values = [dealId, fromStage, toStage, movedBy, reason, key ?? null, outcome?.reason ?? null, outcome?.note ?? null];
    tx.atCommit({ statement: APPEND, values });
  }

  /** The move that was made under a key within the last 24 hours, or undefined. Call it under the lock of the deal. */
  async findByKey(tx: Transaction, dealId: string, key: string): Promise<RecordedMove | undefined> {
    const [row] = await tx.query<RecordedMove & Record<string, unknown>>(FIND_BY_KEY, [dealId, key]);
    return row;
  }
}
