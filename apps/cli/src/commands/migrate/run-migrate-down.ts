import { MigrationUndoError, undoLastMigration } from '#zakops/database';
import type { UndoOptions } from '#zakops/database';
import { MIGRATIONS } from '../../../../../migrations/index.js';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { migrationDatabase } from '../../settings/migration-database.js';

/**
 * Undoes the newest migration, and prints what it was and what went with it.
 *
 * @throws CliError when it is refused
 */
export async function runMigrateDown({ env, terminal }: CliContext, options: UndoOptions): Promise<void> {
  const { url } = migrationDatabase(env);
  const { name, losses } = await undoLastMigration(url, MIGRATIONS, options).catch((error: unknown) => {
    if (!(error instanceof MigrationUndoError)) throw error;
    const names = error.losses.map((loss) => ` --lose ${loss.name}`).join('');
    throw new CliError(names === '' ? error.message : `${error.message} If that is meant, add${names}.`);
  });
  const wouldBe = options.dryRun === true ? 'would be ' : '';
  for (const { name: lost, rows } of losses) terminal.print(`${wouldBe}lost ${lost}: ${String(rows)} row${rows === 1 ? '' : 's'}`);
  terminal.print(`${wouldBe}undone ${name}`);
}
