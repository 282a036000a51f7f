import { Database, prepared } from '#zakops/database';
import { beforePlace, ContributesTimeline, EXACT_INSTANT } from '#zakops/timeline';
import type { SourcePage, SourcePlace, TimelineSource } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toSourcePage } from './to-source-page.js';
import type { SourceRow } from './to-source-page.js';

// The excerpt is cut in the database, so that 200 long notes do not come into the process.
const PAGE = beforePlace(
  { at: 'created_at', id: 'id', idType: 'uuid' },
  2,
  (condition) => `
  SELECT id AS entry_id, ${EXACT_INSTANT('created_at')} AS entry_at, id AS note_id, category, author,
         CASE WHEN char_length(content) > 280 THEN left(content, 279) || '…' ELSE content END AS excerpt,
         octet_length(content) AS size_bytes
    FROM zakops.deal_notes WHERE deal_id = $1 AND deleted_at IS NULL AND ${condition} ORDER BY created_at DESC, id DESC LIMIT $2`,
);
const COUNT = prepared('SELECT count(*)::int AS n FROM zakops.deal_notes WHERE deal_id = $1 AND deleted_at IS NULL');

/** The notes of a deal as they are now, each at the time at which it was written. */
@Injectable()
@ContributesTimeline({ type: 'note' })
export class NotesTimeline implements TimelineSource {
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
