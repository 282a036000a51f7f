import { boundedByBytes, Database, exactInstant, prepared, READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { beforePlace, ContributesTimeline } from '#zakops/timeline';
import type { SourceEntry, SourcePage, SourcePlace, TimelineSource } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';

interface EventRow extends ByteCount {
  readonly event_id: string;
  readonly entry_at: string;
  readonly event_type: string;
  readonly source: string;
  readonly actor: string;
  readonly details: Readonly<Record<string, unknown>>;
}

// The condition of deal_activity_timeline_idx, word for word: moves and notes come from their own tables.
const SHOWN = `event_type NOT IN ('deal.stage_changed', 'deal.note_added')`;
const PAGE = beforePlace({ at: 'created_at', id: 'id', idType: 'uuid' }, 3, (condition) =>
  boundedByBytes({
    columns: `id AS event_id, ${exactInstant('created_at')} AS entry_at, event_type, source, actor, details`,
    bytes: 'octet_length(details::text)',
    from: `FROM zakops.deal_activity WHERE deal_id = $1 AND ${SHOWN} AND ${condition}`,
    order: 'created_at DESC, id DESC',
    outerOrder: 'entry_at DESC, event_id DESC',
    limit: '$2',
    maxBytes: '$3',
  }),
);
const COUNT = prepared(`SELECT count(*)::int AS n FROM zakops.deal_activity WHERE deal_id = $1 AND ${SHOWN}`);

/** What happened to a deal, as its activity keeps it; a moment behind the deal. */
@Injectable()
@ContributesTimeline({ type: 'event' })
export class EventsTimeline implements TimelineSource {
  constructor(private readonly database: Database) {}

  async page(dealId: string, before: SourcePlace | undefined, limit: number): Promise<SourcePage> {
    const { statement, values } = PAGE(before);
    const found = await this.database.query<EventRow>(statement, [dealId, limit + 1, READ_MAX_BYTES, ...values]);
    const { rows, more } = toBoundedPage(found, limit, READ_MAX_BYTES);
    return { entries: rows.map(toEntry), more };
  }

  async count(dealId: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(COUNT, [dealId]);
    return row?.n ?? 0;
  }
}

function toEntry({ event_id, entry_at, event_type, source, actor, details }: EventRow): SourceEntry {
  return { id: event_id, timestamp: entry_at, data: { event_id, event_type, source, actor, details } };
}
