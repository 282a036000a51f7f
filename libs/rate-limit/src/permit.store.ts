import { Database, isAhead, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import type { RateLimitPolicy } from './rate-limit-policy.js';

/** What the database gave. */
export interface Grant {
  readonly granted: number;
  /** What nobody has reserved yet in this window. */
  readonly unreserved: number;
  /** Milliseconds until the window ends, by the clock of the database when it looked. */
  readonly endsInMs: number;
}

// $3 limit, $4 window in seconds, $5 callers that wait, $6 the part of what is left to take in advance.
// The first caller of a window begins it, so that not everybody's window turns at the same moment.
const RESERVE = prepared(`
  INSERT INTO zakops.rate_limits AS r (policy, subject, window_ends_at, used, granted)
  SELECT $1, $2, clock_timestamp() + make_interval(secs => $4), block, block
    FROM (SELECT least($3::int, greatest($5::int, ($3::int * $6::float8)::int)) AS block) AS first
  ON CONFLICT (policy, subject) DO UPDATE SET (window_ends_at, used, granted) = (
    SELECT CASE WHEN turned THEN clock_timestamp() + make_interval(secs => $4) ELSE r.window_ends_at END, taken + block, block
      FROM (SELECT NOT ${isAhead('r.window_ends_at', 'make_interval(secs => $4)', 'clock_timestamp()')} AS turned) AS w,
           LATERAL (SELECT CASE WHEN turned THEN 0 ELSE r.used END AS taken) AS t,
           LATERAL (SELECT greatest(0, least($3::int - taken, greatest($5::int, (($3::int - taken) * $6::float8)::int))) AS block) AS b)
  RETURNING granted, greatest(0, $3::int - used) AS unreserved,
    extract(epoch FROM window_ends_at - clock_timestamp())::float8 * 1000 AS ends_in_ms`);

// No window is a day long: one that ends later was begun before the clock was set back.
const PURGE = `
  WITH gone AS (
    DELETE FROM zakops.rate_limits WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM zakops.rate_limits WHERE window_ends_at < now() OR window_ends_at > now() + interval '1 day' ORDER BY window_ends_at LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING 1)
  SELECT count(*)::int AS count FROM gone`;

/** The windows in the database, which all processes share. */
@Injectable()
export class PermitStore {
  constructor(private readonly database: Database) {}

  get isConnected(): boolean {
    return this.database.isConnected;
  }

  /**
   * Reserves permits of the running window, or begins a new one, in one statement: never more than the limit over all processes.
   *
   * @param waiting - callers that wait for one each
   * @param share - of what is left, to reserve for callers to come; 0 to 1
   */
  async reserve(policy: RateLimitPolicy, subject: string, waiting: number, share: number): Promise<Grant> {
    const { name, limit, windowSeconds } = policy;
    const [row] = await this.database.query<{ granted: number; unreserved: number; ends_in_ms: number }>(RESERVE, [
      name,
      hash('sha256', subject, 'buffer').subarray(0, 16),
      limit,
      windowSeconds,
      waiting,
      share,
    ]);
    if (row === undefined) throw new Error('Reserving permits gave no row.');
    return { granted: row.granted, unreserved: row.unreserved, endsInMs: row.ends_in_ms };
  }

  /** Removes at most `limit` windows that are over; gives how many. */
  async purge(limit: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(PURGE, [limit]);
    return row?.count ?? 0;
  }
}
