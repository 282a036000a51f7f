import { isAhead } from '#zakops/database';
import { LONGEST_PAUSE_MINUTES } from './pause.js';
import type { Pause, PauseScope, PauseTarget } from './pause.js';

const LONGEST = `interval '${String(LONGEST_PAUSE_MINUTES)} minutes'`;

/**
 * SQL that is true while the pause `p` is in force, by the clock of the database.
 *
 * @remarks The end is a condition on time, so that a pause ends at its time also when no process runs.
 */
export const IN_FORCE = inForce('now()');

/** As {@link IN_FORCE}, at this moment of a transaction that may have waited. */
export const IN_FORCE_AT_ONCE = inForce('clock_timestamp()');

/** The columns of {@link PauseRow}; `p` is the table of pauses. */
export const PAUSE_COLUMNS = `p.id, p.scope, p.consumer, p.event_type, p.aggregate_type, p.aggregate_id, p.reason, p.paused_by,
    extract(epoch FROM p.started_at)::float8 AS started_at, extract(epoch FROM p.ends_at)::float8 AS ends_at,
    extract(epoch FROM p.resumed_at)::float8 AS resumed_at, p.resumed_by, ${IN_FORCE} AS in_force`;

/** The columns that say what is paused. */
export interface PauseTargetRow {
  readonly scope: PauseScope;
  readonly consumer: string | null;
  readonly event_type: string | null;
  readonly aggregate_type: string | null;
  readonly aggregate_id: string | null;
}

/** A pause as {@link PAUSE_COLUMNS} reads it; instants in seconds, so that they are the same inside of JSON. */
export interface PauseRow extends PauseTargetRow {
  readonly id: string;
  readonly reason: string;
  readonly paused_by: string;
  readonly started_at: number;
  readonly ends_at: number;
  readonly resumed_at: number | null;
  readonly resumed_by: string | null;
  readonly in_force: boolean;
}

/** From a row to a pause. */
export function toPause(row: PauseRow): Pause {
  return {
    id: row.id,
    target: toTarget(row),
    reason: row.reason,
    pausedBy: row.paused_by,
    startedAt: new Date(row.started_at * 1_000),
    endsAt: new Date(row.ends_at * 1_000),
    resumedAt: row.resumed_at === null ? null : new Date(row.resumed_at * 1_000),
    resumedBy: row.resumed_by,
    isInForce: row.in_force,
  };
}

/** From its columns to what is paused; a check of the table guarantees that the columns of the scope are there. */
export function toTarget(row: PauseTargetRow): PauseTarget {
  switch (row.scope) {
    case 'all':
      return { scope: 'all' };
    case 'consumer':
      return { scope: 'consumer', consumer: row.consumer ?? '' };
    case 'event_type':
      return { scope: 'event_type', eventType: row.event_type ?? '' };
    case 'aggregate':
      return { scope: 'aggregate', aggregateType: row.aggregate_type ?? '', aggregateId: row.aggregate_id ?? '' };
  }
}

function inForce(now: string): string {
  return `(p.resumed_at IS NULL AND ${isAhead('p.ends_at', LONGEST, now)})`;
}
