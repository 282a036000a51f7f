import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** Milliseconds after its last heartbeat at which a silent worker has lost its place. */
export const LEASE_TTL_MS = 10_000;

/**
 * The row that every claim holds a share of while it runs, and that a new active worker changes: it waits for the claims of the one
 * before it, which it would not see otherwise, and could overtake. Not the lease itself, whose heartbeats would wait as well.
 */
export const CLAIMS_ROW = 'outbox-claims';

const ACQUIRE = `
  WITH lease AS (
    UPDATE zakops.worker_leases
       SET owner = $1, fence = fence + 1, acquired_at = now(), heartbeat_at = now(), expires_at = now() + $2 * interval '1 ms',
           report = '{}'
     WHERE name = 'outbox' AND expires_at <= now()
    RETURNING fence
  ), fenced AS (
    UPDATE zakops.event_log_head SET fence = (SELECT fence FROM lease) WHERE EXISTS (SELECT 1 FROM lease)
  ), claiming AS (
    INSERT INTO zakops.worker_leases (name, fence) SELECT '${CLAIMS_ROW}', fence FROM lease
    ON CONFLICT (name) DO UPDATE SET fence = excluded.fence
  )
  SELECT fence FROM lease`;

const RENEW = `
  WITH lease AS (
    UPDATE zakops.worker_leases SET heartbeat_at = now(), expires_at = now() + $3 * interval '1 ms', report = $4::jsonb
     WHERE name = 'outbox' AND owner = $1 AND fence = $2 AND expires_at > now()
    RETURNING 1
  )
  SELECT count(*)::int AS n FROM lease`;

const RELEASE = `UPDATE zakops.worker_leases SET expires_at = now() WHERE name = 'outbox' AND owner = $1 AND fence = $2 AND expires_at > now()`;

/**
 * The row that says which worker is the active one.
 *
 * @remarks A row and not a session lock, so that it holds behind a pooler in transaction mode. Every change of owner raises the
 * fencing number, and the publishing step and every claim ask for it, so that a worker that slept through the end of its lease
 * can do no harm.
 */
@Injectable()
export class WorkerLease {
  constructor(private readonly database: Database) {}

  /** Takes the lease if it is free; gives its fencing number, or undefined while another worker has it. */
  async acquire(owner: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ fence: string }>(ACQUIRE, [owner, LEASE_TTL_MS]);
    return row?.fence;
  }

  /**
   * Prolongs the lease and leaves a report for the statistics.
   *
   * @returns false when it is not this worker's any more
   */
  async renew(owner: string, fence: string, report: Readonly<Record<string, unknown>>): Promise<boolean> {
    const [row] = await this.database.query<{ n: number }>(RENEW, [owner, fence, LEASE_TTL_MS, JSON.stringify(report)]);
    return row?.n === 1;
  }

  /** Gives the lease back, so that a standby need not wait for its end. */
  async release(owner: string, fence: string): Promise<void> {
    await this.database.query(RELEASE, [owner, fence]);
  }
}
