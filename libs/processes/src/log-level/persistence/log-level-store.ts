import { Database } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import type { LogLevelName } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import { IN_FORCE } from './in-force.js';
import type { LogLevelOverride, OverrideKind } from '../log-level-override.js';

// An expired row counts as absent; the next override of the same kind overwrites it.
const LIST = `
  SELECT kind, level, until, set_by AS "setBy", set_at AS "setAt", reason FROM zakops.log_level_overrides
   WHERE ${IN_FORCE} ORDER BY set_at DESC, kind`;

// clock_timestamp(): of two that fit a process the later holds, and one transaction may set both.
const SET = `
  WITH before AS (
    SELECT level, until FROM zakops.log_level_overrides WHERE kind = $1 AND ${IN_FORCE}
  ), written AS (
    INSERT INTO zakops.log_level_overrides (kind, level, until, set_by, set_at, reason)
    VALUES ($1, $2, now() + $3 * interval '1 minute', $4, clock_timestamp(), $5)
    ON CONFLICT (kind) DO UPDATE
       SET level = excluded.level, until = excluded.until, set_by = excluded.set_by, set_at = excluded.set_at, reason = excluded.reason
    RETURNING until
  )
  SELECT written.until, before.level AS "levelBefore" FROM written LEFT JOIN before ON true`;

const REMOVE = `
  WITH removed AS (
    DELETE FROM zakops.log_level_overrides WHERE $1::text IS NULL OR kind = $1 RETURNING kind, level, until, set_at
  )
  SELECT kind, level FROM removed WHERE ${IN_FORCE} ORDER BY kind`;

/** An override before it is stored. */
export type NewOverride = Pick<LogLevelOverride, 'kind' | 'level' | 'setBy' | 'reason'> & { readonly minutes: number };

/** Stores the overrides of log levels; heartbeats carry them to the processes. */
@Injectable()
export class LogLevelStore {
  constructor(private readonly database: Database) {}

  /** Those in force, the last set first. */
  async list(): Promise<readonly LogLevelOverride[]> {
    return this.database.query<LogLevelOverride>(LIST);
  }

  /** Sets the level of a kind; gives until when, and the level that was in force for that kind, if one was. */
  async set(tx: Transaction, wish: NewOverride): Promise<{ readonly until: Date; readonly levelBefore: LogLevelName | null }> {
    const { kind, level, minutes, setBy, reason } = wish;
    const [row] = await tx.query<{ until: Date; levelBefore: LogLevelName | null }>(SET, [kind, level, minutes, setBy, reason]);
    if (row === undefined) throw new Error('The level of logs was not written.');
    return row;
  }

  /** Removes the level of a kind, or of every kind; gives what was in force. */
  async remove(tx: Transaction, kind: OverrideKind | undefined): Promise<readonly Pick<LogLevelOverride, 'kind' | 'level'>[]> {
    return tx.query<Pick<LogLevelOverride, 'kind' | 'level'>>(REMOVE, [kind ?? null]);
  }
}
