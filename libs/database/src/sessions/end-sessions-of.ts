import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.js';
import { databaseErrorFields } from '../map-database-error.js';
import { prepared } from '../statement.js';

const LIMIT_MS = 1_000;
const LOOK_EVERY_MS = 10;
const INSUFFICIENT_PRIVILEGE = '42501';
const TAG = /^[0-9a-f]{8}$/;

const OF_PROCESS = `datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()
  AND right(application_name, 9) = ' ' || $1::text`;
// Materialized: a function with an effect must meet no row that the conditions leave out.
const END = prepared(`
  WITH found AS MATERIALIZED (SELECT pid FROM pg_stat_activity WHERE ${OF_PROCESS})
  SELECT pid FROM found WHERE pg_terminate_backend(pid)`);
const REMAINING = prepared(`SELECT pid FROM pg_stat_activity WHERE ${OF_PROCESS} AND pid = ANY($2::int[])`);

/**
 * Ends all database sessions of one process, and waits up to a second until they are gone with their locks: for the successor of a process that
 * may be frozen in the middle of a transaction.
 *
 * @remarks Sessions of this database and of the role that asks. A process that lives merely opens new ones.
 * @param tag - of the process, see `ProcessIdentity.tagOf`; any other text is the tag of none
 * @returns how many sessions are gone; those that may not be ended do not count
 * @throws DatabaseUnavailableError when the server cannot be reached
 */
export async function endSessionsOf(database: Database, tag: string): Promise<number> {
  if (!TAG.test(tag)) return 0;
  const ended = (await end(database, tag)).map(({ pid }) => pid);
  const giveUpAt = performance.now() + LIMIT_MS;
  let remaining = ended.length;
  while (remaining > 0) {
    remaining = (await database.query(REMAINING, [tag, ended])).length;
    if (remaining === 0 || performance.now() >= giveUpAt) break;
    await sleep(LOOK_EVERY_MS);
  }
  return ended.length - remaining;
}

async function end(database: Database, tag: string): Promise<{ readonly pid: number }[]> {
  try {
    return await database.query<{ pid: number }>(END, [tag]);
  } catch (error) {
    if (databaseErrorFields(error instanceof Error ? error.cause : undefined).sqlState === INSUFFICIENT_PRIVILEGE) return [];
    throw error;
  }
}
