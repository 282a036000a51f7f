import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

// A purge locks this row first, and sees every claim that is older than its lock.
const NO_PURGE = `SELECT 1 FROM zakops.event_log_epoch FOR SHARE`;

const HOLD = `
  INSERT INTO zakops.log_readers (name, position, until)
  VALUES ($1, greatest($2::bigint, (SELECT position FROM zakops.event_log_start)), now() + $3 * interval '1 ms')
  ON CONFLICT (name) DO UPDATE SET position = excluded.position, until = excluded.until
  RETURNING position`;

const RELEASE = `DELETE FROM zakops.log_readers WHERE name = $1`;

// What a killed reader has left; a day is long enough for people to see it.
const FORGET = `DELETE FROM zakops.log_readers WHERE until < now() - interval '1 day'`;

/**
 * Who reads the log beside the consumers: retention keeps what a reader still needs.
 *
 * @remarks A claim ends at its time, so that a killed reader holds nothing back for long. A reader renews its claim with each
 * portion, which also frees what it has read.
 */
@Injectable()
export class LogReaders {
  /**
   * Keeps every event after a position from retention, for a while; begins or renews the claim of this name.
   *
   * @param position - up to here the reader has read the log; 0 for all of it
   * @param forMs - milliseconds, longer than one portion of the reader takes
   * @returns the position after which the log is kept: a later one when retention has come further, so that events are missing between
   */
  async hold(tx: Transaction, name: string, position: number, forMs: number): Promise<number> {
    await tx.query(NO_PURGE);
    const [row] = await tx.query<{ position: string }>(HOLD, [name, position, forMs]);
    if (row === undefined) throw new Error('zakops.event_log_start has lost its row.');
    return Number(row.position);
  }

  /** Ends the claim of this name; nothing happens when there is none. */
  async release(tx: Transaction, name: string): Promise<void> {
    await tx.query(RELEASE, [name]);
  }

  /** Removes claims that ended more than a day ago. */
  async forgetEnded(tx: Transaction): Promise<void> {
    await tx.query(FORGET);
  }
}
