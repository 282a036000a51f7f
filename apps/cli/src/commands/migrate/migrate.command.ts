import { Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { migrateDownCommand } from './migrate-down.command.js';

interface MigrateOptions {
  readonly status?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `zakops migrate`: the schema. */
export function migrateCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('migrate')
    .description('bring the schema of DATABASE_URL up to date; safe to repeat, and safe when several run at once')
    .addOption(new Option('--status', 'show which migrations are applied and which are pending').conflicts('dryRun'))
    .option('--dry-run', 'run what is pending in a transaction, print its SQL, and roll it back')
    .option('--json', 'print JSON, as when the output is piped; with --status or --dry-run')
    // Nothing of it is loaded for other commands.
    .action(async (options: MigrateOptions) => {
      if (options.status === true) await (await import('./show-status.js')).showStatus(context, options.json === true);
      else if (options.dryRun === true) await (await import('./rehearse.js')).rehearse(context, options.json === true);
      else await (await import('./run-migrate.js')).runMigrate(context);
    });
  command.enablePositionalOptions().addCommand(migrateDownCommand(context));
  return command.document({
    changes:
      'tables, indexes and functions of schema zakops, and the rights of run-time roles (see roles grant); nothing with --status and --dry-run',
    notes: [
      '--dry-run takes the locks of a real run for as long as it takes, and gives up after three seconds of waiting for one and after a\n' +
        'minute in one statement. On a busy database try it on a copy.',
    ],
    examples: [
      { run: 'zakops migrate', does: 'apply what is pending; a second run says that the schema is up to date' },
      { run: 'zakops migrate --status', does: 'see what a new version would change, before it starts' },
      { run: 'zakops migrate --status --json', does: 'the same for a program: exit code 2 means that migrations are pending' },
      { run: 'zakops migrate --dry-run', does: 'see the statements, and whether they would work, without changing anything' },
    ],
    exits: {
      0: 'done; with --status: nothing is pending; with --dry-run: everything would work',
      1: 'not done; one sentence on the standard error says why',
      2: 'with --status: migrations are pending',
    },
  });
}
