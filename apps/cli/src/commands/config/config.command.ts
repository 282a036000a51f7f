import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

/** `zakops config ...`: the settings. */
export function configCommand(context: CliContext): DocumentedCommand {
  const config = new DocumentedCommand('config').description('the settings: environment variables and files of secrets');
  const check = config
    .command('check')
    .description('check every setting of API and worker at once, without a database')
    .option('--json', 'print JSON, as when the output is piped')
    .option('--strict', 'fail for warnings too: names that mean nothing')
    .action(async (options: { json?: true; strict?: true }) => {
      await (await import('./check-config.js')).checkConfig(context, options);
    });
  check.document({
    changes: 'nothing',
    examples: [
      { run: 'zakops config check', does: 'before a start: every problem with variable, reason and an example' },
      {
        run: 'docker run --rm --env-file production.env zakops-backend zakops config check --strict',
        does: 'the same for the file of a deployment',
      },
    ],
    exits: { 0: 'API and worker would start with these settings', 1: 'there are problems; with --strict: or warnings' },
  });
  const show = config
    .command('show')
    .description('show the settings in force, and where each comes from: default, environment or file')
    .option('--json', 'print JSON, as when the output is piped')
    .option('--changed', 'only those that are not at their default')
    .action(async (options: { json?: true; changed?: true }) => {
      await (await import('./show-config.js')).showConfig(context, options);
    });
  show.document({
    changes: 'nothing',
    notes: ['Secrets are shown as ***, however they are given.'],
    examples: [
      { run: 'zakops config show --changed', does: 'what this deployment sets itself' },
      { run: 'zakops config show --json', does: 'for a comparison of two deployments' },
    ],
  });
  return config;
}
