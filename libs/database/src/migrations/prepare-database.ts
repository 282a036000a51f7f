import type { DataSource, QueryRunner } from 'typeorm';
import { MIGRATIONS_TABLE } from './migrations-table.js';

const OLDEST_SUPPORTED = 15;

type Queries = Pick<DataSource, 'query'> | Pick<QueryRunner, 'query'>;

/** The server is older than what this system is tested with. */
export class UnsupportedServerError extends Error {
  constructor(version: string) {
    super(`PostgreSQL ${version} is too old: ${String(OLDEST_SUPPORTED)} or newer is needed.`);
    this.name = 'UnsupportedServerError';
  }
}

/** @throws UnsupportedServerError for a server older than 15 */
export async function requireSupportedServer(database: Queries): Promise<void> {
  const rows: unknown = await database.query(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
  );
  const [row] = rows as { number: number; text: string }[];
  if (row !== undefined && row.number < OLDEST_SUPPORTED * 10_000) throw new UnsupportedServerError(row.text);
}

/**
 * A database of the original system has a schema of the same name with other tables. It is renamed as a whole, in one step, and a
 * later migration copies from it: nothing of it is changed or lost.
 *
 * @returns true when there was one
 */
export async function setOriginalAside(database: Queries): Promise<boolean> {
  const rows: unknown = await database.query(
    `SELECT to_regclass('zakops.${MIGRATIONS_TABLE}') IS NULL
        AND to_regnamespace('zakops_legacy') IS NULL
        AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('zakops') AND relkind IN ('r', 'p')) AS original`,
  );
  const [found] = rows as { original: boolean }[];
  if (found?.original !== true) return false;
  await database.query('ALTER SCHEMA zakops RENAME TO zakops_legacy');
  return true;
}
