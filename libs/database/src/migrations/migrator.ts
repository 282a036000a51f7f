import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import { dataSourceOptions } from '../data-source-options.js';
import { openDataSource } from '../open-data-source.js';
import { withMigrationLock } from './migration-lock.js';
import { MIGRATIONS_TABLE, prepareMigrationsTable } from './migrations-table.js';
import { requireSupportedServer, setOriginalAside } from './prepare-database.js';

const WAIT_FOR_OTHERS_MS = 300_000;

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
    await openDataSource(dataSource);
    try {
      await requireSupportedServer(dataSource);
      const adoptedOriginal = await setOriginalAside(dataSource);
      await dataSource.query('CREATE SCHEMA IF NOT EXISTS zakops');
      await prepareMigrationsTable(dataSource);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return { applied: applied.map((migration) => migration.name), adoptedOriginal };
    } finally {
      await dataSource.destroy();
    }
  });
}
