import { Database, retentionContributors } from '#zakops/database';
import type { RetentionContributor } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { OutboxConfig } from '../outbox.config.js';
import { IS_OPEN } from './retention-statements.js';

/** Attempts that are looked at; those of dead letters are kept, and may be many. */
const ATTEMPTS_LOOKED_AT = 500;

/** A table whose rows go when they are old. */
type ExpiringTable = Omit<RetentionContributor, 'purge'>;

/**
 * What this lib removes itself, by the settings.
 *
 * @remarks The first row by key stands for the oldest where no index knows the time: ids of events grow with time.
 */
export const expiringTables = (config: OutboxConfig): readonly ExpiringTable[] => [
  {
    table: 'outbox_tickets',
    days: config.retentionDays,
    oldest: `(SELECT min(delivered_at) FROM zakops.outbox_tickets WHERE status = 'delivered')`,
  },
  {
    table: 'outbox_history',
    days: config.retentionDays,
    oldest: '(SELECT coalesce(delivered_at, created_at) FROM zakops.outbox_history ORDER BY event_id, consumer LIMIT 1)',
  },
  {
    table: 'outbox_attempts',
    days: config.attemptRetentionDays,
    oldest: `(
      SELECT min(r.started_at) FROM (
        SELECT event_id, consumer, started_at FROM zakops.outbox_attempts ORDER BY event_id LIMIT ${String(ATTEMPTS_LOOKED_AT)}) AS r
       WHERE NOT ${IS_OPEN})`,
  },
  {
    table: 'inbox',
    days: config.inboxRetentionDays,
    oldest: `(
      SELECT min(i.processed_at) FROM zakops.consumer_progress p CROSS JOIN LATERAL (
        SELECT processed_at FROM zakops.inbox WHERE consumer = p.consumer ORDER BY event_id LIMIT 1) AS i)`,
  },
  {
    table: 'events',
    days: config.eventRetentionDays,
    oldest: `(
      SELECT published_at FROM zakops.event_log
       WHERE position > (SELECT position FROM zakops.event_log_start) ORDER BY position LIMIT 1)`,
  },
];

/** How far retention is behind in one table. */
export interface RetentionLag {
  readonly table: string;
  /** How much older than its limit the oldest row is; 0 when it is within, or all rows are kept. */
  readonly lagSeconds: number;
}

/** Measures how far retention is behind, from outside of the worker: also when none runs. */
@Injectable()
export class RetentionLagReader {
  constructor(
    private readonly database: Database,
    private readonly config: OutboxConfig,
    private readonly discovery: DiscoveryService,
  ) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<readonly RetentionLag[]> {
    const tables = [...expiringTables(this.config), ...retentionContributors(this.discovery)];
    const lags = await this.database.query<{ n: number; lagSeconds: number }>(
      lagStatement(tables),
      tables.map(({ days }) => days),
    );
    return lags.map(({ n, lagSeconds }) => ({ table: tables[n]?.table ?? '', lagSeconds }));
  }
}

/** Parameters are the days of each table. Exported for a test of its plan. */
export function lagStatement(tables: readonly ExpiringTable[]): string {
  const rows = tables.map(({ oldest }, n) => `SELECT ${String(n)} AS n, $${String(n + 1)}::int AS days, (${oldest}) AS oldest`);
  return `
    SELECT n, CASE WHEN days = 0 THEN 0
                   ELSE greatest(0, coalesce(extract(epoch FROM now() - days * interval '1 day' - oldest), 0)) END::float8 AS "lagSeconds"
      FROM (${rows.join(' UNION ALL ')}) AS tables ORDER BY n`;
}
