import { Database, databaseErrorFields, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { LogLevelName } from '#zakops/observability';
import { BEAT_BEFORE_SET_BACK } from '#zakops/worker-health';
import { IN_FORCE } from '../log-level/persistence/in-force.js';
import type { FailureToWrite } from './loop-states.js';

/** What a process writes into its row. */
export interface Heartbeat {
  readonly processId: string;
  readonly kind: string;
  readonly role: string | null;
  readonly version: string;
  readonly commit: string;
  readonly schemaVersion: string | null;
  readonly uptimeMs: number;
  readonly idleMs: number;
  readonly stats: object;
  readonly failing: readonly FailureToWrite[];
}

/** The level of logs that an operator asked for, and how long it still holds. */
export interface OverrideInForce {
  readonly level: LogLevelName;
  readonly remainingMs: number;
}

const UNDEFINED_COLUMN = '42703';

const FAILING = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('loop', loop, 'since', now() - age_ms * interval '1 ms', 'failures', failures, 'error', error)), '[]')
    FROM jsonb_to_recordset($10::jsonb) AS told(loop text, age_ms float8, failures int, error text))`;

// One statement every five seconds per process. Parameters are ages, not instants, so that the database's clock is the only one. Old rows
// that another process is removing already are skipped.
const beat = (column: { name: string; value: string; set: string }): string => `
  WITH old AS MATERIALIZED (
    SELECT process_id FROM zakops.processes WHERE (beat_at < now() - interval '1 day' OR ${BEAT_BEFORE_SET_BACK}) AND process_id <> $1 FOR UPDATE SKIP LOCKED
  ), purged AS (
    DELETE FROM zakops.processes WHERE process_id IN (SELECT process_id FROM old)
  ), beat AS (
    INSERT INTO zakops.processes (process_id, kind, role, version, commit, schema_version, started_at, beat_at, progress_at, figures${column.name})
    VALUES ($1, $2, $3, $4, $5, $6, now() - $7 * interval '1 ms', now(), now() - $8 * interval '1 ms', $9::jsonb${column.value})
    ON CONFLICT (process_id) DO UPDATE
       SET role = excluded.role, beat_at = excluded.beat_at, progress_at = excluded.progress_at, figures = excluded.figures${column.set}
  )
  SELECT level, extract(epoch FROM until - now())::float8 * 1000 AS remaining_ms
    FROM zakops.log_level_overrides
   WHERE kind IN ($2, 'all') AND ${IN_FORCE}
   ORDER BY set_at DESC
   LIMIT 1`;

const BEAT = prepared(beat({ name: ', failing', value: `, ${FAILING}`, set: ', failing = excluded.failing' }));
const BEAT_BEFORE_0014 = beat({ name: '', value: '', set: '' });

const REMOVE = `DELETE FROM zakops.processes WHERE process_id = $1`;

/** Writes the row of this process. */
@Injectable()
export class HeartbeatStore {
  constructor(private readonly database: Database) {}

  /** Writes the heartbeat. Returns the override of the log level for this kind of process, if there is one. */
  async beat(heartbeat: Heartbeat): Promise<OverrideInForce | undefined> {
    const { processId, kind, role, version, commit, schemaVersion, uptimeMs, idleMs, stats } = heartbeat;
    const values = [processId, kind, role, version, commit, schemaVersion, uptimeMs, idleMs, JSON.stringify(stats)];
    const [row] = await this.write(values, JSON.stringify(heartbeat.failing));
    return row === undefined ? undefined : { level: row.level, remainingMs: row.remaining_ms };
  }

  private async write(values: readonly unknown[], failing: string): Promise<readonly { level: LogLevelName; remaining_ms: number }[]> {
    try {
      return await this.database.query(BEAT, [...values, failing]);
    } catch (error) {
      if (!(error instanceof Error) || databaseErrorFields(error.cause).sqlState !== UNDEFINED_COLUMN) throw error;
      // A migration is pending or was undone: the process must not look dead meanwhile.
      return this.database.query(BEAT_BEFORE_0014, values);
    }
  }

  /** Removes the row, at the end of the process. */
  async remove(processId: string): Promise<void> {
    await this.database.query(REMOVE, [processId]);
  }
}
