import { boundedByBytes, Database, READ_MAX_BYTES } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { AliasNotFoundError } from '../domain/deal.errors.js';
import type { StageMoveKey, StageMoveView } from '../views/stage-move.js';
import type { RecordedAlias } from '../domain/deal-alias.js';
import type { AliasKey } from '../views/alias.js';
import type { ActivityKey, ActivityView } from '../views/activity.js';
import { toPage, toPageOfBytes } from '../views/page.js';
import type { Page } from '../views/page.js';

type Row<T> = T & { readonly key: string };

const ALIAS_COLUMNS = 'id, alias, alias_type AS "aliasType", confidence, source, created_at AS "createdAt"';

/** Reads what belongs to one deal for answers: its activity, its moves, its aliases. */
@Injectable()
export class DealPartsReader {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async activity(dealId: string, limit: number, after: ActivityKey | undefined): Promise<Page<ActivityView, ActivityKey>> {
    // The gap closes when the missing event is delivered after all.
    const statement = boundedByBytes({
      columns: `a.id, a.deal_id AS "dealId", a.event_type AS "eventType", a.source, a.actor, a.details, a.created_at AS "createdAt",
              a.gap AND a.seq > 1
                AND NOT EXISTS (SELECT 1 FROM zakops.deal_activity b WHERE b.deal_id = a.deal_id AND b.seq = a.seq - 1) AS "afterGap",
              a.seq AS key`,
      bytes: 'octet_length(a.details::text)',
      from: 'FROM zakops.deal_activity a WHERE a.deal_id = $1 AND ($2::bigint IS NULL OR a.seq < $2)',
      order: 'a.seq DESC',
      outerOrder: 'key DESC',
      limit: '$3',
      maxBytes: '$4',
    });
    const given = [dealId, after?.seq ?? null, limit + 1, READ_MAX_BYTES];
    const rows = await this.database.query<Row<ActivityView> & ByteCount>(statement, given);
    return toPageOfBytes(rows, limit, toActivityView, (row) => ({ seq: row.key }));
  }

  /** Oldest first. */
  async moves(dealId: string, limit: number, after: StageMoveKey | undefined): Promise<Page<StageMoveView, StageMoveKey>> {
    const rows = await this.database.query<Row<StageMoveView>>(
      `SELECT from_stage AS "fromStage", to_stage AS "toStage", transitioned_by AS "movedBy", reason, created_at AS "movedAt",
              id AS key
         FROM zakops.deal_stage_history
        WHERE deal_id = $1 AND ($2::bigint IS NULL OR id > $2)
        ORDER BY id LIMIT $3`,
      [dealId, after?.id ?? null, limit + 1],
    );
    return toPage(rows, limit, toMoveView, (row) => ({ id: row.key }));
  }

  /** Highest confidence first; ids grow with time. */
  async aliases(dealId: string, limit: number, after: AliasKey | undefined): Promise<Page<RecordedAlias, AliasKey>> {
    const rows = await this.database.query<RecordedAlias>(
      `SELECT ${ALIAS_COLUMNS} FROM zakops.deal_aliases
        WHERE deal_id = $1
          AND ($2::float8 IS NULL OR confidence < $2 OR (confidence = $2 AND id > $3::uuid))
        ORDER BY confidence DESC, id LIMIT $4`,
      [dealId, after?.confidence ?? null, after?.id ?? null, limit + 1],
    );
    return toPage(
      rows,
      limit,
      (row) => row,
      (row) => ({ confidence: String(row.confidence), id: row.id }),
    );
  }

  /** @throws AliasNotFoundError */
  async alias(dealId: string, aliasId: string): Promise<RecordedAlias> {
    const [row] = await this.database.query<RecordedAlias>(
      `SELECT ${ALIAS_COLUMNS} FROM zakops.deal_aliases WHERE deal_id = $1 AND id = $2`,
      [dealId, aliasId],
    );
    if (row === undefined) throw new AliasNotFoundError(dealId, aliasId);
    return row;
  }
}

function toActivityView(row: ActivityView): ActivityView {
  const { id, dealId, eventType, source, actor, details, afterGap, createdAt } = row;
  return { id, dealId, eventType, source, actor, details, afterGap, createdAt };
}

function toMoveView({ fromStage, toStage, movedBy, reason, movedAt }: StageMoveView): StageMoveView {
  return { fromStage, toStage, movedBy, reason, movedAt };
}
