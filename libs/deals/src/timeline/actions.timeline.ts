import { Database, exactInstant, prepared } from '#zakops/database';
import { beforePlace, ContributesTimeline } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { TableTimeline } from './table-timeline.js';

const PAGE = beforePlace(
  { at: 'created_at', id: 'action_id', idType: 'text' },
  2,
  (condition) => `
  SELECT action_id AS entry_id, ${exactInstant('created_at')} AS entry_at, action_id, action_type, title, status
    FROM zakops.actions WHERE deal_id = $1 AND ${condition} ORDER BY created_at DESC, action_id DESC LIMIT $2`,
);
const COUNT = prepared('SELECT count(*)::int AS n FROM zakops.actions WHERE deal_id = $1');

/** The actions that were proposed for a deal, each at the time of its proposal. */
@Injectable()
@ContributesTimeline({ type: 'action' })
export class ActionsTimeline extends TableTimeline {
  constructor(database: Database) {
    super(database, { page: PAGE, count: COUNT });
  }
}
