import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** Milliseconds after its last heartbeat at which a silent worker has lost its place. */
export const LEASE_TTL_MS = 4_000;

/** Milliseconds after its last heartbeat at which a worker has lost its place when its session with the database is gone, too. */
const GONE_AFTER_MS = 1_500;

const TTL = `interval '${String(LEASE_TTL_MS)} ms'`;

/**
 * Whether the lease `w` holds, by the clock of the database; a SQL condition. A lease whose heartbeat lies in the future was written before
 * that clock stepped back, and says nothing. Its end is not compared, because version 0.3 gives itself a longer term.
 */
export const LEASE_HOLDS = `coalesce(w.expires_at > now() AND w.heartbeat_at <= now() + ${TTL}, false)`;

// A process that is killed takes its connections with it at once. One that cannot tell its session, behind a pooler, is waited for.
const SESSION_IS_GONE = `(
  w.report ? 'session' AND w.heartbeat_at < now() - interval '${String(GONE_AFTER_MS)} ms' AND NOT EXISTS (
    SELECT FROM pg_stat_activity a
     WHERE a.pid = (w.report -> 'session' ->> 'pid')::int
       AND (a.backend_start IS NULL OR extract(epoch FROM a.backend_start)::text = w.report -> 'session' ->> 'started_at')))`;

// The trigger for version 0.3 looks at the setting. A lease that was given back ends at -infinity.
const ACQUIRE = `
  WITH before AS MATERIALIZED (
    SELECT w.owner, w.expires_at <> '-infinity' AND w.owner IS DISTINCT FROM $1 AS unclean, w.acquired_at,
           set_config('zakops.follows_by', 'cursor', true)
      FROM zakops.worker_leases w
     WHERE w.name = 'outbox' AND (NOT ${LEASE_HOLDS} OR ${SESSION_IS_GONE})
       FOR UPDATE SKIP LOCKED
  ), lease AS (
    UPDATE zakops.worker_leases w
       SET owner = $1, fence = w.fence + 1, acquired_at = now(), heartbeat_at = now(), expires_at = now() + ${TTL}, report = '{}',
           unclean_ends = CASE WHEN NOT b.unclean THEN 0 WHEN b.acquired_at > now() - interval '1 minute' THEN w.unclean_ends + 1 ELSE 1 END
      FROM before b WHERE w.name = 'outbox'
    RETURNING w.fence, b.owner AS before, b.unclean
  ), fenced AS (
    UPDATE zakops.event_log_head SET fence = (SELECT fence FROM lease) WHERE EXISTS (SELECT FROM lease)
  )
  SELECT fence, before, unclean FROM lease`;

// It does not wait for the disk: what a crash of the server loses of it is one heartbeat.
const RENEW = `
  WITH lease AS (
    UPDATE zakops.worker_leases
       SET heartbeat_at = now(), expires_at = now() + ${TTL}, report = $3::jsonb,
           unclean_ends = CASE WHEN acquired_at < now() - interval '1 minute' THEN 0 ELSE unclean_ends END
     WHERE name = 'outbox' AND owner = $1 AND fence = $2 AND set_config('synchronous_commit', 'off', true) IS NOT NULL
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM lease`;

const RELEASE = `UPDATE zakops.worker_leases SET expires_at = '-infinity' WHERE name = 'outbox' AND owner = $1 AND fence = $2`;

/** A lease that was taken. */
export interface TakenLease {
  /** Fencing number, int8 as text: larger than that of every owner before. */
  readonly fence: string;
  /** The process that had it; null when it is the first. */
  readonly before: string | null;
  /** True when that process did not give it back. */
  readonly unclean: boolean;
}

/**
 * The row that says which worker is the active one.
 *
 * @remarks A row and not a session lock, so that it holds behind a pooler in transaction mode. Every change of owner raises the fencing
 * number, and whatever the active worker commits asks for it, so that a worker that slept through the end of its lease can do no harm.
 */
@Injectable()
export class WorkerLease {
  constructor(private readonly database: Database) {}

  /** Takes the lease if it is free; undefined while another worker has it, or is just taking it. */
  async acquire(owner: string): Promise<TakenLease | undefined> {
    const [row] = await this.database.query<TakenLease>(ACQUIRE, [owner]);
    return row;
  }

  /**
   * Prolongs the lease and leaves a report for the statistics. Also after its end, while nobody else has taken it.
   *
   * @returns false when it is not this worker's any more
   */
  async renew(owner: string, fence: string, report: Readonly<Record<string, unknown>>): Promise<boolean> {
    const [row] = await this.database.query<{ n: number }>(RENEW, [owner, fence, JSON.stringify(report)]);
    return row?.n === 1;
  }

  /** Gives the lease back, so that a standby need not wait for its end, and knows that nobody has crashed. */
  async release(owner: string, fence: string): Promise<void> {
    await this.database.query(RELEASE, [owner, fence]);
  }
}
