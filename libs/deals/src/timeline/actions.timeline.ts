import { Database, prepared } from '#zakops/database';
import { beforePlace, ContributesTimeline, EXACT_INSTANT } from '#zakops/timeline';
import type { SourcePage, SourcePlace, TimelineSource } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toSourcePage } from './to-source-page.js';
import type { SourceRow } from './to-source-page.js';

const PAGE = beforePlace(
  { at: 'created_at', id: 'action_id', idType: 'text' },
  2,
  (condition) => `
  SELECT action_id AS entry_id, ${EXACT_INSTANT('created_at')} AS entry_at, action_id, action_type, title, status
    FROM zakops.actions WHERE deal_id = $1 AND ${condition} ORDER BY created_at DESC, action_id DESC LIMIT $2`,
);
const COUNT = prepared('SELECT count(*)::int AS n FROM zakops.actions WHERE deal_id = $1');

/** The actions that were proposed for a deal, each at the time of its proposal. */
@Injectable()
@ContributesTimeline({ type: 'action' })
export class ActionsTimeline implements TimelineSource {
  constructor(private readonly database: Database) {}

  async page(dealId: string, before: SourcePlace | undefined, limit: number): Promise<SourcePage> {
    const { statement, values } = PAGE(before);
    return toSourcePage(await this.database.query<SourceRow>(statement, [dealId, limit + 1, ...values]), limit);
  }

  async count(dealId: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(COUNT, [dealId]);
    return row?.n ?? 0;
  }
}
