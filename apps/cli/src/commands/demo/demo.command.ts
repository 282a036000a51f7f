import type { CliContext } from '../../context/cli-context.js';
import { CliError } from '../../cli.error.js';
import { DocumentedCommand } from '../../help/documented-command.js';

const DEFAULT_SEED = '1';

/** `zakops demo`: fills a database that is to be shown. */
export function demoCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('demo')
    .description('fill an empty database with three months of a deal team: 200 deals with history, brokers, notes, contacts and mail')
    .option('--seed <number>', 'another number makes another team; the same makes the same one', DEFAULT_SEED)
    .option('--force', 'also in a database that has deals')
    .option('--if-empty', 'do nothing in a database that has deals')
    .action(async ({ seed, force, ifEmpty }: { seed: string; force?: true; ifEmpty?: true }) => {
      if (!/^\d{1,9}$/.test(seed)) throw new CliError('The seed must be a whole number of at most nine digits.');
      const { fillDemo } = await import('./fill-demo.js');
      await fillDemo(context, Number(seed), force === true, ifEmpty === true);
    });
  command.document({
    changes:
      'deals, notes, contacts and mail, by the commands of the API; dates of these rows are moved into the past, those of events are not; needs the role that migrates',
    examples: [
      { run: 'zakops demo', does: 'fill an empty database' },
      { run: 'zakops demo --seed 7', does: 'with another team' },
    ],
    exits: { 0: 'it is filled', 1: 'there are deals already, the role may not date rows back, or the database cannot be used' },
  });
  return command;
}
