import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

interface MigrateDownOptions {
  readonly lose: readonly string[];
  readonly dryRun?: true;
}

/** `zakops migrate down`: takes the last step of the schema back. */
export function migrateDownCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('down')
    .description('undo the newest migration; refused while it would lose data that is not named, or processes that need it run')
    .option('--dry-run', 'find out what would be undone and lost, and change nothing')
    .option('--lose <table...>', 'a table, or a table.column, whose data may be lost', [])
    .action(async ({ lose, dryRun }: MigrateDownOptions) => {
      const { runMigrateDown } = await import('./run-migrate-down.js');
      await runMigrateDown(context, { lose, dryRun: dryRun === true });
    });
  return command.document({
    changes: 'drops what the newest migration has made, and takes its entry out of zakops.migrations; one transaction',
    notes: [
      'An older version runs on a newer schema, so going back to it needs none of this: start the older version\n' +
        '(docs/rollback-procedure.md). This is for a migration that is to be taken out again, on a staging database for example.',
      'The version that applied the migration undoes it: run this with the image that made the step, not with the older one.',
    ],
    examples: [
      { run: 'zakops migrate down --dry-run', does: 'see which migration would be undone, and how many rows of which tables would go' },
      { run: 'zakops migrate down', does: 'undo it, if nothing is lost by that' },
      { run: 'zakops migrate down --lose notes --lose deals.colour', does: 'undo it together with the data of a table and of a column' },
    ],
  });
}
