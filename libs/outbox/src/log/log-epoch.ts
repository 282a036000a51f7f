import { Database, databaseErrorFields } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';

const NEW_EPOCH = `substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)`;

/**
 * Which history a log belongs to. Another server or a copied cluster has another system identifier; a recovery to a point in time, and a
 * standby that takes over, begin a new timeline; a table that was loaded from a dump has another number.
 */
const ORIGIN = `(SELECT system_identifier::text FROM pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
  || '/' || 'zakops.event_log_head'::regclass::oid`;

// Locked only when it differs. Of several callers at once, one gives the name and the others find it given.
const CHECK = `
  WITH here AS MATERIALIZED (
    SELECT ${ORIGIN} AS origin
  ), elsewhere AS MATERIALIZED (
    SELECT 1 FROM zakops.event_log_head, zakops.event_log_epoch AS e WHERE e.origin <> (SELECT origin FROM here) FOR UPDATE
  ), renamed AS (
    UPDATE zakops.event_log_head SET epoch = ${NEW_EPOCH} WHERE EXISTS (SELECT FROM elsewhere) RETURNING epoch
  ), noted AS (
    UPDATE zakops.event_log_epoch SET origin = (SELECT origin FROM here) WHERE origin IS DISTINCT FROM (SELECT origin FROM here)
  )
  SELECT epoch FROM renamed`;

const RENEW = `
  UPDATE zakops.event_log_head h SET epoch = ${NEW_EPOCH} FROM (SELECT epoch FROM zakops.event_log_head FOR UPDATE) AS before
  RETURNING before.epoch AS before, h.epoch AS after, h.position`;

// Not supported, not allowed, no such function. Not a table that is missing: during a restore it is for a while.
const CANNOT_BE_ASKED = /^(?:0A000|42501|42883)$/;

/** A log that was given another name. */
export interface RenamedLog {
  readonly before: string;
  readonly after: string;
  /** The last position that was given. */
  readonly position: number;
}

/**
 * The name of the log, without which a position means nothing: after a restore to an earlier time positions are given a second time, to
 * other events, and a client that came further before must be told to start over instead of missing them.
 */
@Injectable()
export class LogEpoch {
  readonly #logger = new Logger(LogEpoch.name);
  #canBeAsked = true;

  constructor(private readonly database: Database) {}

  /**
   * Gives the log another name if the database is not the one in which it got its name: it was restored from a dump or to a point in
   * time, or a standby has taken over, which may lack what the old server gave last.
   *
   * @remarks A copy of the disks of a server is not told from the original; `zakops restored` is for that. On a server that does not say
   * which one it is nothing is found out either, and the log says so once.
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async check(): Promise<void> {
    if (!this.#canBeAsked) return;
    try {
      const [renamed] = await this.database.query<{ epoch: string }>(CHECK);
      if (renamed !== undefined) {
        this.#logger.warn(
          { epoch: renamed.epoch },
          'This database was restored, or another server has taken over: all streams start over.',
        );
      }
    } catch (error) {
      const { sqlState } = databaseErrorFields(error instanceof Error ? error.cause : error);
      if (sqlState === undefined || !CANNOT_BE_ASKED.test(sqlState)) throw error;
      this.#canBeAsked = false;
      this.#logger.warn({ err: error }, 'The server does not say which one it is. After a restore run zakops restored.');
    }
  }

  /** Gives the log another name, whatever the database is. */
  async renew(tx: Transaction): Promise<RenamedLog> {
    const [row] = await tx.query<{ before: string; after: string; position: string }>(RENEW);
    if (row === undefined) throw new Error('zakops.event_log_head has lost its row.');
    return { ...row, position: Number(row.position) };
  }
}
