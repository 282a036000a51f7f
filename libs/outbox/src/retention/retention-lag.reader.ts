import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { OutboxConfig } from '../outbox.config.js';

// The first row by key stands for the oldest where no index knows the time: ids of events grow with time.
const READ = `
  SELECT name AS "table", greatest(0, coalesce(extract(epoch FROM now() - days * interval '1 day' - oldest), 0))::float8 AS "lagSeconds"
    FROM (
      SELECT 'outbox_tickets' AS name, $1::int AS days, (SELECT min(delivered_at) FROM zakops.outbox_tickets WHERE status = 'delivered') AS oldest
      UNION ALL
      SELECT 'outbox_history', $1, (SELECT coalesce(delivered_at, created_at) FROM zakops.outbox_history ORDER BY event_id, consumer LIMIT 1)
      UNION ALL
      SELECT 'inbox', $1, (
        SELECT min(i.processed_at) FROM zakops.consumer_progress p CROSS JOIN LATERAL (
          SELECT processed_at FROM zakops.inbox WHERE consumer = p.consumer ORDER BY event_id LIMIT 1) AS i)
      UNION ALL
      SELECT 'events', $2::int, (
        SELECT published_at FROM zakops.event_log
         WHERE $2::int > 0 AND position > (SELECT position FROM zakops.event_log_start) ORDER BY position LIMIT 1)) AS tables`;

/** How far retention is behind in one table. */
export interface RetentionLag {
  readonly table: string;
  /** How much older than its limit the oldest row is; 0 when it is within. */
  readonly lagSeconds: number;
}

/** Measures how far retention is behind, from outside of the worker: also when none runs. */
@Injectable()
export class RetentionLagReader {
  constructor(
    private readonly database: Database,
    private readonly config: OutboxConfig,
  ) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<readonly RetentionLag[]> {
    return this.database.query<RetentionLag>(READ, [this.config.retentionDays, this.config.eventRetentionDays]);
  }
}
