import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import { dataSourceOptions } from '../data-source-options.js';
import { withMigrationLock } from './migration-lock.js';

/** Where the applied migrations are written down, in schema `zakops`. */
export const MIGRATIONS_TABLE = 'migrations';

const OLDEST_SUPPORTED = 15;
const WAIT_FOR_OTHERS_MS = 300_000;

/** The server is older than what this system is tested with. */
export class UnsupportedServerError extends Error {
  constructor(version: string) {
    super(`PostgreSQL ${version} is too old: ${String(OLDEST_SUPPORTED)} or newer is needed.`);
    this.name = 'UnsupportedServerError';
  }
}

/** What a run did. */
export interface MigrationReport {
  /** Names of the migrations applied by this run, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
  /** True when a database of the original system was found and moved to schema `zakops_legacy`. */
  readonly adoptedOriginal: boolean;
}

/**
 * Brings the schema up to date.
 *
 * @remarks Idempotent, and safe when several run at once: one works, the others wait and then find nothing to do. Every migration
 * is one transaction together with its entry in `zakops.migrations`.
 * @param url - where the database is; a pooler in transaction mode is fine with at least two server connections
 * @throws UnsupportedServerError for a server older than 15
 */
export async function migrate(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<MigrationReport> {
  return withMigrationLock(url, WAIT_FOR_OTHERS_MS, async () => {
    const options = dataSourceOptions({ url, poolSize: 1 }, 'zakops-migrate');
    const dataSource = new DataSource({
      ...options,
      migrations: [...migrations],
      migrationsTableName: MIGRATIONS_TABLE,
      // Building an index on a large table takes as long as it takes.
      extra: { ...(options.extra as object), query_timeout: 0 },
    });
    await dataSource.initialize();
    try {
      await requireSupportedServer(dataSource);
      const adoptedOriginal = await setOriginalAside(dataSource);
      await dataSource.query('CREATE SCHEMA IF NOT EXISTS zakops');
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return { applied: applied.map((migration) => migration.name), adoptedOriginal };
    } finally {
      await dataSource.destroy();
    }
  });
}

async function requireSupportedServer(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ number: number; text: string }[]>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
  );
  if (row !== undefined && row.number < OLDEST_SUPPORTED * 10_000) throw new UnsupportedServerError(row.text);
}

/**
 * A database of the original system has a schema of the same name with other tables. It is renamed as a whole, in one step, and a
 * later migration copies from it: nothing of it is changed or lost.
 */
async function setOriginalAside(dataSource: DataSource): Promise<boolean> {
  const [found] = await dataSource.query<{ original: boolean }[]>(
    `SELECT to_regclass('zakops.${MIGRATIONS_TABLE}') IS NULL
        AND to_regnamespace('zakops_legacy') IS NULL
        AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('zakops') AND relkind IN ('r', 'p')) AS original`,
  );
  if (found?.original !== true) return false;
  await dataSource.query('ALTER SCHEMA zakops RENAME TO zakops_legacy');
  return true;
}
