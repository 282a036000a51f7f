import { hasCome } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { StageMove } from '../domain/deal.js';
import { StageHistory } from './stage-history.js';
import type { RecordedMove } from './stage-history.js';

/** The stage history in PostgreSQL. */
@Injectable()
export class SqlStageHistory extends StageHistory {
  async append(tx: Transaction, dealId: string, move: StageMove, key: string | undefined): Promise<Date> {
    const [row] = await tx.query<{ created_at: Date }>(
      `INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, reason, idempotency_key, created_at)
       SELECT deal_id, $2, $3, $4, $5, $6, stage_entered_at FROM zakops.deals WHERE deal_id = $1
       RETURNING created_at`,
      [dealId, move.fromStage, move.toStage, move.transitionedBy, move.reason, key ?? null],
    );
    if (row === undefined) throw new Error(`Deal ${dealId} is not saved; its move cannot be written down.`);
    return row.created_at;
  }

  async findByKey(tx: Transaction, dealId: string, key: string): Promise<RecordedMove | undefined> {
    const [row] = await tx.query<{ from_stage: string; to_stage: string; created_at: Date }>(
      `SELECT from_stage, to_stage, created_at FROM zakops.deal_stage_history
        WHERE deal_id = $1 AND idempotency_key = $2 AND created_at > statement_timestamp() - interval '24 hours' AND ${hasCome('created_at', 'statement_timestamp()')}
        ORDER BY id LIMIT 1`,
      [dealId, key],
    );
    return row === undefined ? undefined : { fromStage: row.from_stage, toStage: row.to_stage, movedAt: row.created_at };
  }
}
