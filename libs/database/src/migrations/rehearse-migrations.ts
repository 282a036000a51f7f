import { DataSource } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../data-source-options.js';
import { openDataSource } from '../open-data-source.js';
import { withMigrationLock } from './migration-lock.js';
import { readMigrationStatus } from './migration-status.js';
import { requireSupportedServer, setOriginalAside } from './prepare-database.js';

const WAIT_FOR_OTHERS_MS = 5_000;
// A session that waits for a lock has others wait behind it: a rehearsal gives up at once, and never works for long.
const LIMITS = `SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s'`;

/** A migration that would run. */
export interface RehearsedMigration {
  readonly name: string;
  /** In order, as they were sent; null for a migration that cannot run inside a transaction and was left out. */
  readonly statements: readonly string[] | null;
}

/** What a run of the migrations would do. */
export interface MigrationRehearsal {
  readonly migrations: readonly RehearsedMigration[];
  /** True when a database of the original system would be moved to schema `zakops_legacy`. */
  readonly adoptsOriginal: boolean;
}

/** A pending migration would not work. */
export class MigrationRehearsalError extends Error {
  constructor(migration: string, cause: unknown) {
    super(`${migration} would fail: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'MigrationRehearsalError';
  }
}

/**
 * Runs the pending migrations in one transaction and rolls it back: says what a real run would do, and whether it would work, and changes
 * nothing.
 *
 * @remarks While it runs, at most a minute for each statement, it holds the locks of a real run, on all tables together; it does not wait
 * for a lock that others hold for longer than three seconds. A migration that asks for no transaction, and those after it, are named only.
 * @throws MigrationLockTimeoutError when another migrator is at work; MigrationRehearsalError when a migration would fail
 */
export async function rehearseMigrations(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<MigrationRehearsal> {
  return withMigrationLock(url, WAIT_FOR_OTHERS_MS, async () => {
    const { pending } = await readMigrationStatus(url, migrations);
    if (pending.length === 0) return { adoptsOriginal: false, migrations: [] };
    const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 1 }, 'zakops-migrate'));
    await openDataSource(dataSource);
    const runner = dataSource.createQueryRunner();
    try {
      await requireSupportedServer(runner);
      await runner.startTransaction();
      await runner.query(LIMITS);
      const adoptsOriginal = await setOriginalAside(runner);
      await runner.query('CREATE SCHEMA IF NOT EXISTS zakops');
      return {
        adoptsOriginal,
        migrations: await rehearse(
          runner,
          migrations.filter(({ name }) => pending.includes(name)),
        ),
      };
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
      await dataSource.destroy();
    }
  });
}

async function rehearse(runner: QueryRunner, pending: readonly (new () => MigrationInterface)[]): Promise<RehearsedMigration[]> {
  const rehearsed: RehearsedMigration[] = [];
  let stopped = false;
  for (const Migration of pending) {
    const migration = new Migration();
    stopped ||= migration.transaction === false;
    rehearsed.push({ name: Migration.name, statements: stopped ? null : await record(runner, migration) });
  }
  return rehearsed;
}

async function record(runner: QueryRunner, migration: MigrationInterface): Promise<readonly string[]> {
  const statements: string[] = [];
  const listening = new Proxy(runner, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== 'query') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return (sql: string, parameters?: unknown[]): Promise<unknown> => {
        statements.push(sql);
        return target.query(sql, parameters);
      };
    },
  });
  try {
    await migration.up(listening);
  } catch (error) {
    throw new MigrationRehearsalError(migration.constructor.name, error);
  }
  return statements;
}
