import { Database } from '#zakops/database';
import { deadLetterCondition, FAILED_AT, needsEvents, TICKETS } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DeadLetterStats } from '../dead-letter.view.js';

const STATS = (events: string, where: string): string => `
  WITH dead AS MATERIALIZED (
    SELECT o.event_type, o.consumer, coalesce(o.reason_code, 'unknown') AS reason, ${FAILED_AT} AS failed_at
      FROM ${TICKETS} o ${events} WHERE ${where}
  )
  SELECT count(*)::int AS total, min(failed_at) AS oldest,
         extract(epoch FROM now() - min(failed_at))::float8 AS age,
         (SELECT coalesce(json_object_agg(event_type, n), '{}') FROM (SELECT event_type, count(*) AS n FROM dead GROUP BY 1) t) AS types,
         (SELECT coalesce(json_object_agg(consumer, n), '{}') FROM (SELECT consumer, count(*) AS n FROM dead GROUP BY 1) c) AS consumers,
         (SELECT coalesce(json_object_agg(reason, n), '{}') FROM (SELECT reason, count(*) AS n FROM dead GROUP BY 1) r) AS reasons
    FROM dead`;

interface StatsRow {
  readonly total: number;
  readonly oldest: Date | null;
  readonly age: number | null;
  readonly types: Readonly<Record<string, number>>;
  readonly consumers: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

/** Counts dead letters. */
@Injectable()
export class DeadLetterStatsReader {
  constructor(private readonly database: Database) {}

  /** All of one snapshot. @param filter - what to count; all dead letters by default */
  async read(filter: DeadLetterFilter = {}): Promise<DeadLetterStats> {
    const parameters: unknown[] = [];
    const events = needsEvents(filter) ? 'JOIN zakops.events e ON e.id = o.event_id' : '';
    const [row] = await this.database.query<StatsRow>(STATS(events, deadLetterCondition(filter, parameters)), parameters);
    if (row === undefined) throw new Error('An aggregate gave no row.');
    return {
      total: row.total,
      byEventType: row.types,
      byConsumer: row.consumers,
      byReason: row.reasons,
      oldestFailedAt: row.oldest,
      oldestAgeSeconds: row.age === null ? null : Math.max(0, Math.round(row.age * 1_000) / 1_000),
    };
  }
}
