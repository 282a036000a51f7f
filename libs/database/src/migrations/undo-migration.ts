import { DataSource } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../data-source-options.js';
import { openDataSource } from '../open-data-source.js';
import { withMigrationLock } from './migration-lock.js';
import { readMigrationStatus } from './migration-status.js';
import { MIGRATIONS_TABLE } from './migrations-table.js';
import { MigrationUndoError } from './migration-undo.error.js';
import { requireNoProcessOf } from './processes-of-a-schema.js';
import { lossesOf, unnamedLosses } from './undo-losses.js';
import type { CarryingMigration, UndoLoss } from './undo-losses.js';

const WAIT_FOR_OTHERS_MS = 5_000;
// A statement that waits for a table makes every later one wait behind it.
const LIMITS = `SET LOCAL lock_timeout = '5s'`;

/** How {@link undoLastMigration} is to be done. */
export interface UndoOptions {
  /** What may be lost: names as {@link UndoLoss.name} gives them. */
  readonly lose?: readonly string[];
  /** True to find out what would be undone and lost, and to change nothing. */
  readonly dryRun?: boolean;
}

/** What was undone, or would be. */
export interface MigrationUndo {
  readonly name: string;
  /** Empty when nothing that holds data goes. */
  readonly losses: readonly UndoLoss[];
}

/**
 * Undoes the newest migration of a database, in one transaction together with its entry in `zakops.migrations`.
 *
 * @remarks For a migration that is to be taken out again before anybody has come to depend on it: an older version runs on a newer
 * schema, so that going back to it needs none of this. What it takes away must be empty, or named in {@link UndoOptions.lose}. Unlogged
 * tables do not count: a crash of the server empties them too. It does not wait for a lock longer than five seconds.
 * @param migrations - those of this build; the newest one of the database must be among them
 * @throws MigrationUndoError when there is nothing to undo, data would be lost, or processes that need the migration run
 * @throws MigrationLockTimeoutError when another migrator is at work
 */
export async function undoLastMigration(
  url: string,
  migrations: readonly (new () => MigrationInterface)[],
  { lose = [], dryRun = false }: UndoOptions = {},
): Promise<MigrationUndo> {
  return withMigrationLock(url, WAIT_FOR_OTHERS_MS, async () => {
    const Migration = await newestOf(url, migrations);
    const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 1 }, 'zakops-migrate'));
    await openDataSource(dataSource);
    const runner = dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query(LIMITS);
      const migration: CarryingMigration = new Migration();
      const losses = await lossesOf(runner, migration);
      if (!dryRun) {
        const unnamed = unnamedLosses(losses, lose);
        if (unnamed.length > 0) throw MigrationUndoError.ofDataLoss(Migration.name, unnamed);
        await requireNoProcessOf(runner, Migration.name);
        await takeBack(runner, migration, Migration.name);
        await runner.commitTransaction();
      }
      return { name: Migration.name, losses };
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
      await dataSource.destroy();
    }
  });
}

async function newestOf(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<new () => MigrationInterface> {
  const { applied } = await readMigrationStatus(url, migrations);
  const newest = applied.at(-1);
  if (newest === undefined) throw MigrationUndoError.ofNothing();
  const known = migrations.find(({ name }) => name === newest.name);
  if (known === undefined) throw MigrationUndoError.ofUnknown(newest.name);
  return known;
}

async function takeBack(runner: QueryRunner, migration: MigrationInterface, name: string): Promise<void> {
  await migration.down(runner);
  await runner.query(`DELETE FROM zakops.${MIGRATIONS_TABLE} WHERE name = $1`, [name]);
}
