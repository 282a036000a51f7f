import type { StoredEvent } from '#zakops/contracts';
import { boundedByBytes, Database, EVENT_COLUMNS, EVENT_DATA_BYTES, READ_MAX_BYTES, toBoundedPage, toStoredEvent } from '#zakops/database';
import type { ByteCount, EventRow } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { EventFilter } from './event-filter.js';
import type { EventVisibility } from './event-visibility.js';

/** A part of the log to look through: positions above `after`, up to and including `upTo`. */
export interface LogRange {
  readonly after: number;
  readonly upTo: number;
}

/** How many events of which type happened since an instant. */
export interface EventStats {
  readonly total: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly since: Date;
}

/** Events of a list, as many as were asked for or as fit into one read. */
export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  /** Whether the list may go on behind them. */
  readonly more: boolean;
}

const FROM_LOG = 'FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id';

/**
 * How much earlier the search by id begins. Clocks of the processes that make ids may differ from the database's, and an id is made before
 * its transaction commits. The database's time then decides.
 */
const CLOCK_MARGIN_MS = 3_600_000;

/** Reads events outside of streams. Lists show published events only: what a stream would have shown. */
@Injectable()
export class EventReader {
  constructor(private readonly database: Database) {}

  /** True when a position was published longer ago than `ageMs`, or is not there any more. */
  async isOlderThan(position: number, ageMs: number): Promise<boolean> {
    const [row] = await this.database.query<{ old: boolean }>(
      `SELECT published_at < now() - $2 * interval '1 ms' AS old FROM zakops.event_log WHERE position = $1`,
      [position, ageMs],
    );
    return row?.old ?? true;
  }

  /** True when a position is in the log; false when it is not there yet, or not any more. */
  async has(position: number): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM zakops.event_log WHERE position = $1', [position]);
    return rows.length > 0;
  }

  /** The oldest matching events of a range, oldest first. */
  oldest(range: LogRange, filter: EventFilter, limit: number): Promise<FoundEvents> {
    return this.inRange(range, filter, limit, 'ASC');
  }

  /** The newest matching events of a range, newest first. */
  newest(range: LogRange, filter: EventFilter, limit: number): Promise<FoundEvents> {
    return this.inRange(range, filter, limit, 'DESC');
  }

  /**
   * All matching events, oldest first. For filters by correlation, which an index serves.
   *
   * @param afterPosition - 0 for the beginning
   */
  skipping(filter: EventFilter, afterPosition: number, limit: number, offset: number): Promise<FoundEvents> {
    return this.inRange({ after: afterPosition, upTo: Number.MAX_SAFE_INTEGER }, filter, limit, 'ASC', offset);
  }

  /** Counts what happened in the last hours and may be seen, published or not, by the database's clock. */
  async statsSince(hours: number, visibility: EventVisibility): Promise<EventStats> {
    // Ids begin with their time, so the primary key finds the recent ones; there is no index by time.
    const rows = await this.database.query<{ since: Date; type: string | null; n: number }>(
      `WITH span AS (SELECT now() - $1 * interval '1 hour' AS since)
       SELECT s.since, e.type, count(e.id)::int AS n
         FROM span s LEFT JOIN zakops.events e
           ON e.occurred_at >= s.since
          AND e.id >= (lpad(to_hex(floor(extract(epoch FROM s.since) * 1000 - $2)::bigint), 12, '0') || repeat('0', 20))::uuid
        GROUP BY s.since, e.type ORDER BY e.type`,
      [hours, CLOCK_MARGIN_MS],
    );
    const byType: Record<string, number> = {};
    let total = 0;
    for (const { type, n } of rows) {
      if (type === null || !visibility.shows(type)) continue;
      byType[type] = n;
      total += n;
    }
    return { total, byType, since: rows[0]?.since ?? new Date(0) };
  }

  private async inRange(range: LogRange, filter: EventFilter, limit: number, order: 'ASC' | 'DESC', offset = 0): Promise<FoundEvents> {
    const { conditions, parameters } = filter.toSql(6);
    const statement = boundedByBytes({
      columns: `l.position, ${EVENT_COLUMNS}`,
      bytes: EVENT_DATA_BYTES,
      from: `${FROM_LOG} WHERE l.position > $1 AND l.position <= $2${conditions}`,
      order: `l.position ${order}`,
      outerOrder: `position ${order}`,
      limit: '$3 OFFSET $4',
      maxBytes: '$5',
    });
    const given = [range.after, range.upTo, limit + 1, offset, READ_MAX_BYTES, ...parameters];
    const { rows, more } = toBoundedPage(await this.database.query<EventRow & ByteCount>(statement, given), limit, READ_MAX_BYTES);
    return { events: rows.map(toStoredEvent), more };
  }
}
