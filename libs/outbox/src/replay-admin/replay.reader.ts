import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { PREVIEW_POSITIONS } from '../replay/replay.js';
import type { ReplayPreview, ReplayRange, ReplayView } from '../replay/replay.js';
import { ReplayConsumerNotFoundError } from '../replay/replay.errors.js';

/** The columns of {@link ReplayView}; `r` is the table. */
export const REPLAY_COLUMNS = `
  r.id, r.consumer, r.state, r.after_position::float8 AS "afterPosition", r.until_position::float8 AS "untilPosition",
  r.position::float8 AS position,
  CASE WHEN r.state = 'done' THEN 0
       ELSE greatest(0, coalesce(r.until_position, (SELECT c.position FROM zakops.consumer_progress c WHERE c.consumer = r.consumer), 0)
                        - r.position) END::float8 AS left,
  r.rate, r.delivered::float8 AS delivered, r.skipped::float8 AS skipped, r.failures, r.reason_code AS "reasonCode", r.last_error AS "lastError",
  r.failed_event_id AS "failedEventId", r.reason, r.created_by AS "createdBy", r.created_at AS "createdAt", r.started_at AS "startedAt",
  r.finished_at AS "finishedAt"`;

const FIND = prepared(`SELECT ${REPLAY_COLUMNS} FROM zakops.replays r WHERE r.id = $1`);

const LIST = prepared(`
  SELECT ${REPLAY_COLUMNS}, to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdText"
    FROM zakops.replays r
   WHERE ($2::timestamptz IS NULL OR (r.created_at, r.id) < ($2::timestamptz, $3::uuid))
   ORDER BY r.created_at DESC, r.id DESC LIMIT $1`);

const CONSUMER = prepared(`
  SELECT c.position::float8 AS cursor, c.pattern, (SELECT position FROM zakops.event_log_start)::float8 AS start
    FROM zakops.consumer_progress c WHERE c.consumer = $1 AND c.state = 'active' AND c.pattern IS NOT NULL`);

const IS_BEFORE = prepared('SELECT published_at < $2::timestamptz AS before FROM zakops.event_log WHERE position = $1');

const COUNT = `
  SELECT e.type, count(*)::int AS n, min(l.position)::float8 AS first, max(l.position)::float8 AS last
    FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id
   WHERE l.position > $1 AND l.position <= $2 AND e.type ~ $3
   GROUP BY e.type ORDER BY e.type`;

/** A place in the list of replays. */
export interface ReplayPlace {
  readonly createdAt: string;
  readonly id: string;
}

/** A page of the list. */
export interface ReplayPage {
  readonly replays: readonly ReplayView[];
  readonly next: ReplayPlace | null;
}

/** Reads replays, and counts what one would deliver. */
@Injectable()
export class ReplayReader {
  constructor(private readonly database: Database) {}

  /** One replay; undefined when there is none. */
  async find(id: string): Promise<ReplayView | undefined> {
    const [row] = await this.database.query<ReplayView>(FIND, [id]);
    return row;
  }

  /** A page of the list, newest first. */
  async list(limit: number, after: ReplayPlace | undefined): Promise<ReplayPage> {
    const rows = await this.database.query<ReplayView & { createdText: string }>(LIST, [
      limit + 1,
      after?.createdAt ?? null,
      after?.id ?? null,
    ]);
    const replays = rows.slice(0, limit);
    const last = replays.at(-1);
    return { replays, next: rows.length > limit && last !== undefined ? { createdAt: last.createdText, id: last.id } : null };
  }

  /**
   * Counts what a replay would deliver, by the pattern that the consumer has now.
   *
   * @throws ReplayConsumerNotFoundError when no version of this release has run the consumer
   */
  async preview(consumer: string, range: ReplayRange): Promise<ReplayPreview> {
    const [found] = await this.database.query<{ cursor: number; pattern: string; start: number }>(CONSUMER, [consumer]);
    if (found === undefined) throw new ReplayConsumerNotFoundError(consumer);
    const { cursor, start } = found;
    const wanted = range.since === undefined ? (range.from ?? 1) - 1 : await this.lastBefore(range.since, start, cursor);
    const afterPosition = Math.min(cursor, Math.max(start, wanted));
    const until = range.before === undefined ? range.to : await this.lastBefore(range.before, start, cursor);
    const untilPosition = until === undefined ? null : Math.max(afterPosition, Math.min(until, cursor));
    const end = untilPosition ?? cursor;
    const counted = Math.min(end, afterPosition + PREVIEW_POSITIONS);
    const types = await this.database.query<{ type: string; n: number; first: number; last: number }>(COUNT, [
      afterPosition,
      counted,
      found.pattern,
    ]);
    return {
      consumer,
      afterPosition,
      untilPosition,
      cursor,
      count: types.reduce((sum, { n }) => sum + n, 0),
      types: Object.fromEntries(types.map(({ type, n }) => [type, n])),
      first: types.length === 0 ? null : Math.min(...types.map(({ first }) => first)),
      last: types.length === 0 ? null : Math.max(...types.map(({ last }) => last)),
      isComplete: counted === end,
    };
  }

  /** The last position that was published before an instant; by halves, because times grow with positions and have no index. */
  private async lastBefore(instant: string, start: number, end: number): Promise<number> {
    let [low, high] = [start, end];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [row] = await this.database.query<{ before: boolean }>(IS_BEFORE, [middle, instant]);
      if (row?.before === true) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
