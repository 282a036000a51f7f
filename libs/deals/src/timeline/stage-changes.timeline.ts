import { Database, exactInstant, prepared } from '#zakops/database';
import { beforePlace, ContributesTimeline } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { TableTimeline } from './table-timeline.js';

const PAGE = beforePlace(
  { at: 'created_at', id: 'id', idType: 'bigint' },
  2,
  (condition) => `
  SELECT id AS entry_id, ${exactInstant('created_at')} AS entry_at, from_stage, to_stage, transitioned_by AS by, reason
    FROM zakops.deal_stage_history WHERE deal_id = $1 AND ${condition} ORDER BY created_at DESC, id DESC LIMIT $2`,
);
const COUNT = prepared('SELECT count(*)::int AS n FROM zakops.deal_stage_history WHERE deal_id = $1');

/** The moves of a deal, from their history: they are there at once, and moves of adopted deals are there too. */
@Injectable()
@ContributesTimeline({ type: 'stage_change' })
export class StageChangesTimeline extends TableTimeline {
  constructor(database: Database) {
    super(database, { page: PAGE, count: COUNT });
  }
}
