import { toNfc } from '#zakops/kernel';
import { Argument, Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import type { ChangeTaskOptions } from './change-task.js';
import { addFilterOptions, readId, readIds } from './dead-letter-options.js';
import type { TasksOptions } from './show-tasks.js';
import { wholeNumber } from './task-options.js';
import type { TaskOptions } from './task-options.js';

const RATE = wholeNumber(0, 10_000);
const ID = '4fc5106d-0dc0-3691-3356-88d7064f3758';
const AS_TASK =
  'The active outbox worker carries the task out, in the background: this command only starts it. With --dry-run it counts and gives a token;\n' +
  'with --token it is refused when more fit by then than --max-growth allows. One task of each filter runs at a time.';

/** `zakops dlq redrive`, `discard`, and what is done with their tasks. */
export function taskCommands(context: CliContext): readonly DocumentedCommand[] {
  return [redriveCommand(context), discardCommand(context), tasksCommand(context), taskCommand(context), ...changeCommands(context)];
}

function redriveCommand(context: CliContext): DocumentedCommand {
  const redrive = withTaskOptions(new DocumentedCommand('redrive').description('deliver many dead letters again, as a task of the worker'));
  redrive.action(async (options: TaskOptions) => {
    await (await import('./start-dead-letter-task.js')).startDeadLetterTask(context, 'redrive', options);
  });
  return redrive.document({
    changes: 'a task in zakops.dlq_tasks; the worker makes deliveries due again at its rate',
    notes: [AS_TASK, 'It stops when too many of its first 20 outcomes fail as before, and can be undone for 10 minutes after its end.'],
    examples: [
      { run: 'zakops dlq redrive --consumer deal-activity --dry-run', does: 'how many, of what kind, how old?' },
      { run: 'zakops dlq redrive --consumer deal-activity --limit 10 --reason "does it work again?"', does: 'try it out with ten' },
      { run: 'zakops dlq redrive --all --rate 200 --yes', does: 'all of them, 200 a second, without being asked' },
    ],
  });
}

function discardCommand(context: CliContext): DocumentedCommand {
  const discard = withTaskOptions(new DocumentedCommand('discard').description('give many dead letters up, as a task of the worker'));
  discard.action(async (options: TaskOptions) => {
    await (await import('./start-dead-letter-task.js')).startDeadLetterTask(context, 'discard', options);
  });
  return discard.document({
    changes: 'a task in zakops.dlq_tasks; the worker moves dead letters to the archive at its rate',
    notes: [AS_TASK, 'They stay in the archive for DEAD_LETTER_ARCHIVE_DAYS; zakops dlq restore brings them back.'],
    examples: [
      { run: 'zakops dlq discard --type deal.updated --older-than 30d --reason "older than a month" --yes', does: 'give those up' },
    ],
  });
}

function tasksCommand(context: CliContext): DocumentedCommand {
  const tasks = new DocumentedCommand('tasks')
    .description('list tasks on dead letters, newest first')
    .addOption(
      new Option('--state <state>', 'only tasks in this state').choices([
        'running',
        'finished',
        'cancelled',
        'stopped',
        'undoing',
        'undone',
      ]),
    )
    .option('--limit <number>', 'tasks to show', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'where to go on: next_cursor of the page before')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: TasksOptions) => {
      await (await import('./show-tasks.js')).showTasks(context, options);
    });
  return tasks.document({ changes: 'nothing', examples: [{ run: 'zakops dlq tasks --state running', does: 'what is going on?' }] });
}

function taskCommand(context: CliContext): DocumentedCommand {
  const task = new DocumentedCommand('task')
    .description('show how far a task is, and what became of what it redrove')
    .addArgument(taskId())
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, options: { json?: true }) => {
      await (await import('./show-tasks.js')).showTask(context, id, options);
    });
  return task.document({ changes: 'nothing', examples: [{ run: `zakops dlq task ${ID}`, does: 'are they delivered now?' }] });
}

function changeCommands(context: CliContext): readonly DocumentedCommand[] {
  const cancel = withChangeOptions(new DocumentedCommand('cancel').description('end a task; what it has changed stays')).action(
    async (id: string, options: ChangeTaskOptions) => {
      await (await import('./change-task.js')).cancelTask(context, id, options);
    },
  );
  const undo = withChangeOptions(new DocumentedCommand('undo').description('end a task and take back what is not tried yet')).action(
    async (id: string, options: ChangeTaskOptions) => {
      await (await import('./change-task.js')).undoTask(context, id, options);
    },
  );
  const rate = new DocumentedCommand('rate')
    .description('have a running task go faster or slower')
    .addArgument(taskId())
    .addArgument(new Argument('<rate>', 'dead letters a second; 0 for as fast as possible').argParser(RATE))
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, perSecond: number, options: ChangeTaskOptions) => {
      await (await import('./change-task.js')).changeTaskRate(context, id, perSecond, options);
    });
  return [
    cancel.document({
      changes: 'the task is cancelled after its present step',
      examples: [{ run: `zakops dlq cancel ${ID} --reason "not mended after all"`, does: 'stop it' }],
    }),
    undo.document({
      changes: 'the worker makes redriven deliveries that nothing has tried dead letters again, and brings discarded ones back',
      notes: ['Possible while the task runs and for 10 minutes after its end.'],
      examples: [{ run: `zakops dlq undo ${ID}`, does: 'take it back' }],
    }),
    rate.document({ changes: 'the task goes at the new rate', examples: [{ run: `zakops dlq rate ${ID} 500`, does: 'faster' }] }),
  ];
}

function taskId(): Argument {
  return new Argument('<task id>', 'as dlq tasks shows it').argParser(readId);
}

function withChangeOptions(command: DocumentedCommand): DocumentedCommand {
  return command
    .addArgument(taskId())
    .option('--reason <text>', 'why, in your words; kept with the task', toNfc)
    .option('--json', 'print JSON, as when the output is piped');
}

function withTaskOptions(command: DocumentedCommand): DocumentedCommand {
  command
    .addOption(new Option('--id <id>', 'one entry; may be repeated').argParser(readIds).conflicts('all'))
    .option('--all', 'every dead letter; needed when no filter is given');
  return addFilterOptions(command)
    .option('--rate <number>', 'dead letters a second; 0 for as fast as possible', RATE, 50)
    .option('--limit <number>', 'change at most so many, such as 10 to try it out', wholeNumber(1, 1_000_000))
    .option('--token <token>', 'of a dry run with the same filter')
    .option('--max-growth <number>', 'with --token: how many more may fit by then', wholeNumber(0, 1_000_000), 0)
    .option('--reason <text>', 'why, in your words; kept with the task', toNfc)
    .option('--dry-run', 'only count, and give a token')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON, as when the output is piped');
}
