import { toNfc } from '#zakops/kernel';
import { Argument, Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { addFilterOptions, readGroupLimit, readId, readIds, readLimit } from './dead-letter-options.js';
import type { ChangeOptions, ListOptions, StatsOptions } from './dead-letter-options.js';

const PAGE = 100;
const GROUPS_OF_A_PAGE = 50;
const AS_REST = 'The JSON is that of the API below /api/admin/dlq. What is changed is written down by the actor system:cli.';
const IN_PORTIONS =
  'Without --id they are changed in portions of at most 2,500, each a transaction of its own: aggregate by aggregate, oldest first in each.\n' +
  'What another operation holds is left for it, and what failed again after the command began is left alone. An interrupted command has\n' +
  'done whole portions, and can be run again.';

/** `zakops dlq ...`: what could not be delivered. */
export function dlqCommand(context: CliContext): DocumentedCommand {
  const dlq = new DocumentedCommand('dlq').description('dead letters: events that a consumer could not take');
  dlq.addCommand(listCommand(context));
  dlq.addCommand(groupsCommand(context));
  dlq.addCommand(showCommand(context));
  dlq.addCommand(statsCommand(context));
  dlq.addCommand(retryCommand(context));
  dlq.addCommand(discardCommand(context));
  return dlq;
}

function listCommand(context: CliContext): DocumentedCommand {
  const list = addFilterOptions(new DocumentedCommand('list').description('list dead letters, last failed first'))
    .option('--limit <number>', 'entries to show', readLimit, PAGE)
    .option('--cursor <cursor>', 'where to go on: next_cursor of the page before')
    .option('--summary', 'JSON without payloads, which may be large')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: ListOptions) => {
      await (await import('./list-dead-letters.js')).listDeadLetters(context, options);
    });
  return list.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [
      { run: 'zakops dlq list', does: 'what waits for an operator' },
      {
        run: 'zakops dlq list --consumer deal-activity --reason-code timeout --newer-than 1h',
        does: 'what one consumer could not do in the last hour',
      },
      { run: 'zakops dlq list --fingerprint fp1:3f9c0d5e1a7b2846 --summary --json', does: 'one failure group, without payloads' },
    ],
  });
}

function groupsCommand(context: CliContext): DocumentedCommand {
  const groups = addFilterOptions(new DocumentedCommand('groups').description('group dead letters by what went wrong, largest group first'))
    .option('--limit <number>', 'groups to show', readGroupLimit, GROUPS_OF_A_PAGE)
    .option('--cursor <cursor>', 'where to go on: next_cursor of the page before')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: Omit<ListOptions, 'summary'>) => {
      await (await import('./list-failure-groups.js')).listFailureGroups(context, options);
    });
  return groups.document({
    changes: 'nothing',
    notes: ['Every command about dead letters takes --fingerprint, which names a group.', AS_REST],
    examples: [
      { run: 'zakops dlq groups', does: 'what is wrong, and how much of it?' },
      { run: 'zakops dlq groups --newer-than 1h', does: 'what has gone wrong in the last hour' },
    ],
  });
}

function showCommand(context: CliContext): DocumentedCommand {
  const show = new DocumentedCommand('show')
    .description('show one dead letter with its payload, its attempts, and what was done about it, also after a retry')
    .addArgument(new Argument('<id>', 'as dlq list shows it').argParser(readId))
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, { json }: { json?: true }) => {
      await (await import('./show-dead-letter.js')).showDeadLetter(context, id, json === true);
    });
  return show.document({
    changes: 'nothing',
    notes: ['After a retry the state says what became of it: waiting, failed_again, delivered or discarded.', AS_REST],
    examples: [{ run: 'zakops dlq show 4fc5106d-0dc0-3691-3356-88d7064f3758', does: 'why did it fail, and how often?' }],
  });
}

function statsCommand(context: CliContext): DocumentedCommand {
  const stats = addFilterOptions(new DocumentedCommand('stats').description('count dead letters by event type, consumer and reason'))
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: StatsOptions) => {
      await (await import('./show-dlq-stats.js')).showDlqStats(context, options);
    });
  return stats.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [{ run: 'zakops dlq stats', does: 'is it one consumer, or one kind of event?' }],
  });
}

function retryCommand(context: CliContext): DocumentedCommand {
  const retry = withChangeOptions(
    new DocumentedCommand('retry').alias('redrive').description('deliver dead letters again, with all their attempts'),
  ).action(async (options: ChangeOptions) => {
    await (await import('./change-dead-letters.js')).retryDeadLetters(context, options);
  });
  return retry.document({
    changes: 'the chosen deliveries are due again; an entry of the audit log and of zakops.dlq_operations for each portion',
    notes: ['Mend the cause first: a retry without it only takes attempts.', IN_PORTIONS, AS_REST],
    examples: [
      { run: 'zakops dlq retry --id 4fc5106d-0dc0-3691-3356-88d7064f3758 --reason "the table is back"', does: 'one' },
      { run: 'zakops dlq retry --consumer deal-activity --dry-run', does: 'how many would that be?' },
      { run: 'zakops dlq retry --fingerprint fp1:3f9c0d5e1a7b2846 --reason "the table is back"', does: 'one failure group' },
      { run: 'zakops dlq retry --all --yes', does: 'all of them, without being asked' },
    ],
  });
}

function discardCommand(context: CliContext): DocumentedCommand {
  const discard = withChangeOptions(
    new DocumentedCommand('purge').description('give dead letters up; their events stay in the log'),
  ).action(async (options: ChangeOptions) => {
    await (await import('./change-dead-letters.js')).discardDeadLetters(context, options);
  });
  return discard.document({
    changes: 'the chosen deliveries are gone for good; an entry of the audit log and of zakops.dlq_operations for each portion',
    notes: [IN_PORTIONS, AS_REST],
    examples: [
      { run: 'zakops dlq purge --older-than 30d --dry-run', does: 'how many failed more than a month ago?' },
      { run: 'zakops dlq purge --older-than 30d --reason "older than a month" --yes', does: 'give those up' },
    ],
  });
}

function withChangeOptions(command: DocumentedCommand): DocumentedCommand {
  command
    .addOption(new Option('--id <id>', 'one entry; may be repeated').argParser(readIds).conflicts('all'))
    .option('--all', 'every dead letter; needed when no filter is given');
  return addFilterOptions(command)
    .option('--reason <text>', 'why, in your words; kept with the operation', toNfc)
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON, as when the output is piped');
}
