import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { LogLevelName } from '#zakops/observability';

/** What a process says of itself. */
export interface Heartbeat {
  readonly processId: string;
  readonly kind: string;
  readonly role: string | null;
  readonly version: string;
  readonly commit: string;
  readonly schemaVersion: string | null;
  readonly uptimeMs: number;
  readonly idleMs: number;
  readonly figures: object;
}

/** The level of logs that is asked of a process, and for how long still. */
export interface OverrideInForce {
  readonly level: LogLevelName;
  readonly remainingMs: number;
}

// One statement every five seconds per process. Ages are given and not instants, so that the database's clock is the only one. Who is
// removing the same old rows already is not waited for.
const BEAT = prepared(`
  WITH old AS MATERIALIZED (
    SELECT process_id FROM zakops.processes WHERE beat_at < now() - interval '1 day' AND process_id <> $1 FOR UPDATE SKIP LOCKED
  ), purged AS (
    DELETE FROM zakops.processes WHERE process_id IN (SELECT process_id FROM old)
  ), beat AS (
    INSERT INTO zakops.processes (process_id, kind, role, version, commit, schema_version, started_at, beat_at, progress_at, figures)
    VALUES ($1, $2, $3, $4, $5, $6, now() - $7 * interval '1 ms', now(), now() - $8 * interval '1 ms', $9::jsonb)
    ON CONFLICT (process_id) DO UPDATE
       SET role = excluded.role, beat_at = excluded.beat_at, progress_at = excluded.progress_at, figures = excluded.figures
  )
  SELECT level, extract(epoch FROM until - now())::float8 * 1000 AS remaining_ms
    FROM zakops.log_level_overrides
   WHERE kind IN ($2, 'all') AND until > now()
   ORDER BY set_at DESC
   LIMIT 1`);

const REMOVE = `DELETE FROM zakops.processes WHERE process_id = $1`;

/** Writes the row of this process. */
@Injectable()
export class HeartbeatStore {
  constructor(private readonly database: Database) {}

  /** Writes the heartbeat, and gives the level of logs that is asked of this kind of process, if any is. */
  async beat(heartbeat: Heartbeat): Promise<OverrideInForce | undefined> {
    const { processId, kind, role, version, commit, schemaVersion, uptimeMs, idleMs, figures } = heartbeat;
    const values = [processId, kind, role, version, commit, schemaVersion, uptimeMs, idleMs, JSON.stringify(figures)];
    const [row] = await this.database.query<{ level: LogLevelName; remaining_ms: number }>(BEAT, values);
    return row === undefined ? undefined : { level: row.level, remainingMs: row.remaining_ms };
  }

  /** Removes the row, at the end of the process. */
  async remove(processId: string): Promise<void> {
    await this.database.query(REMOVE, [processId]);
  }
}
