import type { QueryRunner } from 'typeorm';
import { hasCome } from '../deadline.js';
import { MigrationUndoError } from './migration-undo.error.js';

// A process that was killed leaves its row behind; after this it is known to be gone. So is one whose row is from before the clock was set back.
const SILENT_AFTER = `interval '15 seconds'`;
// A name ends in its number of 13 digits.
const RUNNING = `
  SELECT process_id FROM zakops.processes
   WHERE beat_at > now() - ${SILENT_AFTER} AND ${hasCome('beat_at')} AND right(schema_version, 13) >= right($1, 13) ORDER BY 1`;

/**
 * Refuses while a process needs a migration: every heartbeat names the newest migration that its process knows.
 *
 * @throws MigrationUndoError that names them
 */
export async function requireNoProcessOf(runner: QueryRunner, migration: string): Promise<void> {
  const [found] = (await runner.query(`SELECT to_regclass('zakops.processes') IS NOT NULL AS there`)) as { there: boolean }[];
  if (found?.there !== true) return;
  const rows = (await runner.query(RUNNING, [migration])) as { process_id: string }[];
  if (rows.length > 0) {
    throw MigrationUndoError.ofProcesses(
      migration,
      rows.map(({ process_id: id }) => id),
    );
  }
}
