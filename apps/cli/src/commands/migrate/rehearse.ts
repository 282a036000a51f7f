import { rehearseMigrations } from '#zakops/database';
import type { RehearsedMigration } from '#zakops/database';
import { MIGRATIONS } from '../../../../../migrations/index.js';
import type { CliContext } from '../../context/cli-context.js';
import { migrationDatabase } from '../../settings/migration-database.js';

/** Runs what is pending, prints its SQL, and rolls it back. */
export async function rehearse({ env, terminal }: CliContext, asJson: boolean): Promise<void> {
  const { migrations, adoptsOriginal } = await rehearseMigrations(migrationDatabase(env).url, MIGRATIONS);
  if (asJson || !terminal.showsTables) {
    terminal.print(JSON.stringify({ changed: false, adopts_original: adoptsOriginal, migrations }, null, 2));
    return;
  }
  if (adoptsOriginal) terminal.print('-- a database of the original system: it would be moved to schema zakops_legacy and copied from');
  for (const migration of migrations) terminal.print(sqlOf(migration));
  const count = migrations.length;
  terminal.print(
    count === 0 ? 'the schema is up to date' : `-- ${String(count)} migration${count === 1 ? '' : 's'} would run; nothing was changed`,
  );
}

function sqlOf({ name, statements }: RehearsedMigration): string {
  if (statements === null) return `-- ${name}: cannot be rehearsed, because it, or one before it, runs outside of a transaction\n`;
  return [`-- ${name}`, ...statements.map((sql) => `${sql.trim().replace(/;$/, '')};`), ''].join('\n');
}
