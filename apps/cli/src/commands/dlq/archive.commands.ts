import { toNfc } from '#zakops/kernel';
import { Argument, Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { readId, readIds } from './dead-letter-options.js';
import type { RestoreOptions } from './restore-dead-letters.js';
import type { ResubmitOptions } from './resubmit-dead-letter.js';
import type { ArchiveOptions } from './show-archive.js';
import { wholeNumber } from './task-options.js';

const ID = '4fc5106d-0dc0-3691-3356-88d7064f3758';

/** `zakops dlq archive`, `restore` and `resubmit`. */
export function archiveCommands(context: CliContext): readonly DocumentedCommand[] {
  return [archiveCommand(context), restoreCommand(context), resubmitCommand(context)];
}

function archiveCommand(context: CliContext): DocumentedCommand {
  const archive = new DocumentedCommand('archive')
    .description('list discarded dead letters, last discarded first')
    .addOption(new Option('--task <id>', 'only what this task has discarded').argParser(readId))
    .option('--consumer <name>', 'such as deal-activity')
    .option('--type <event type>', 'such as deal.stage_changed')
    .option('--aggregate <id>', 'such as DEAL-000001')
    .option('--limit <number>', 'entries to show', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'where to go on: next_cursor of the page before')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: ArchiveOptions) => {
      await (await import('./show-archive.js')).showArchive(context, options);
    });
  return archive.document({
    changes: 'nothing',
    notes: ['Discarded dead letters stay for DEAD_LETTER_ARCHIVE_DAYS.'],
    examples: [{ run: 'zakops dlq archive --consumer deal-activity', does: 'what was given up?' }],
  });
}

function restoreCommand(context: CliContext): DocumentedCommand {
  const restore = new DocumentedCommand('restore')
    .description('bring discarded dead letters back, as they were')
    .addOption(new Option('--id <id>', 'one entry; may be repeated').argParser(readIds).conflicts('task'))
    .addOption(new Option('--task <id>', 'everything that this task has discarded; the worker does it').argParser(readId))
    .option('--reason <text>', 'why, in your words; kept with the operation', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: RestoreOptions) => {
      await (await import('./restore-dead-letters.js')).restoreDeadLetters(context, options);
    });
  return restore.document({
    changes: 'the chosen deliveries are dead letters again, with their attempts',
    examples: [{ run: `zakops dlq restore --id ${ID} --reason "discarded by mistake"`, does: 'one' }],
    exits: { 0: 'all came back', 1: 'some cannot come back, or nothing was done; one sentence on the standard error says why' },
  });
}

function resubmitCommand(context: CliContext): DocumentedCommand {
  const resubmit = new DocumentedCommand('resubmit')
    .description('correct the payload of a dead letter and deliver it again')
    .addArgument(new Argument('<id>', 'as dlq list shows it').argParser(readId))
    .requiredOption('--data <file>', 'a file with the whole payload as JSON')
    .requiredOption('--reason <text>', 'why, in your words; kept with the operation', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, options: ResubmitOptions) => {
      await (await import('./resubmit-dead-letter.js')).resubmitDeadLetter(context, id, options);
    });
  return resubmit.document({
    changes:
      'the consumer that failed gets a new event in the place of the original, which stays in the log; the dead letter goes to the archive',
    notes: ['The payload is checked by the schema of its event type.'],
    examples: [
      { run: `zakops dlq resubmit ${ID} --data payload.json --reason "the broker had no name"`, does: 'deliver the corrected payload' },
    ],
  });
}
