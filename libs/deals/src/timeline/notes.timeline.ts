import { Database, exactInstant, prepared } from '#zakops/database';
import { beforePlace, ContributesTimeline } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { TableTimeline } from './table-timeline.js';

// The excerpt is cut in the database, so that 200 long notes do not come into the process.
const PAGE = beforePlace(
  { at: 'created_at', id: 'id', idType: 'uuid' },
  2,
  (condition) => `
  SELECT id AS entry_id, ${exactInstant('created_at')} AS entry_at, id AS note_id, category, author,
         CASE WHEN char_length(content) > 280 THEN left(content, 279) || '…' ELSE content END AS excerpt,
         octet_length(content) AS size_bytes
    FROM zakops.deal_notes WHERE deal_id = $1 AND deleted_at IS NULL AND ${condition} ORDER BY created_at DESC, id DESC LIMIT $2`,
);
const COUNT = prepared('SELECT count(*)::int AS n FROM zakops.deal_notes WHERE deal_id = $1 AND deleted_at IS NULL');

/** The notes of a deal as they are now, each at the time at which it was written. */
@Injectable()
@ContributesTimeline({ type: 'note' })
export class NotesTimeline extends TableTimeline {
  constructor(database: Database) {
    super(database, { page: PAGE, count: COUNT });
  }
}
