import { toNfc } from '#zakops/kernel';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import type { ChangePauseOptions, ListPausesOptions, PauseOptions, ResumeOptions } from './pause-options.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MINUTES = /^\d{1,4}$/;
const AS_REST = 'The JSON is that of the API below /api/admin/outbox. What is changed is written down by the actor system:cli.';
const NEEDS_A_TARGET = 'One of --all, --consumer, --type and --aggregate is needed.';

/** Adds `pause`, `resume`, `change-pause` and `pauses` to `zakops outbox`. */
export function addPauseCommands(outbox: DocumentedCommand, context: CliContext): void {
  for (const command of [pauseCommand(context), resumeCommand(context), changePauseCommand(context), pausesCommand(context)]) {
    outbox.addCommand(command);
  }
}

function pauseCommand(context: CliContext): DocumentedCommand {
  const pause = addEnd(addTarget(new DocumentedCommand('pause').description('pause deliveries to consumers until a time')))
    .requiredOption('--reason <text>', 'why, in your words; shown wherever the pause is shown', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: PauseOptions) => {
      await (await import('./pause-deliveries.js')).pauseDeliveries(context, options);
    });
  return pause.document({
    changes: 'within two seconds no worker begins such a delivery, until the end of the pause; an entry of the audit log',
    notes: ['Writes, publishing and streams go on. The pause ends at its time, whatever runs.', NEEDS_A_TARGET, AS_REST],
    examples: [
      { run: 'zakops outbox pause --consumer deal-activity --reason "its table is repaired"', does: 'pause one consumer for an hour' },
      {
        run: 'zakops outbox pause --type "deal.*" --minutes 15 --reason "bad release"',
        does: 'hold the events of deals for a quarter of an hour',
      },
    ],
  });
}

function resumeCommand(context: CliContext): DocumentedCommand {
  const resume = addTarget(
    new DocumentedCommand('resume')
      .description('end a pause before its end')
      .argument('[id]', 'of the pause, as outbox pauses shows it', readId),
  )
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string | undefined, options: ResumeOptions) => {
      await (await import('./pause-deliveries.js')).resumeDeliveries(context, id, options);
    });
  return resume.document({
    changes: 'what the pause has held is due at once, in its order; an entry of the audit log',
    notes: ['The pause is named by its id, or by what it pauses, as outbox pause was given it.', AS_REST],
    examples: [{ run: 'zakops outbox resume --consumer deal-activity', does: 'deliver to the consumer again' }],
  });
}

function changePauseCommand(context: CliContext): DocumentedCommand {
  const change = addEnd(
    new DocumentedCommand('change-pause')
      .description('give a pause in force another end, at most a day from now')
      .argument('<id>', 'of the pause, as outbox pauses shows it', readId),
  )
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, options: ChangePauseOptions) => {
      await (await import('./pause-deliveries.js')).changePause(context, id, options);
    });
  return change.document({
    changes: 'the end of the pause; an entry of the audit log',
    notes: ['One of --minutes and --until is needed.', AS_REST],
    examples: [{ run: 'zakops outbox change-pause 01a20766-1903-7000-b53a-f1a67f726fc3 --minutes 120', does: 'it takes two more hours' }],
  });
}

function pausesCommand(context: CliContext): DocumentedCommand {
  const pauses = new DocumentedCommand('pauses')
    .description('the pauses of deliveries, the last begun first')
    .option('--state <state>', 'in_force, over or all', readState, 'in_force')
    .option('--limit <n>', 'the most pauses to show, 1 to 200', readLimit, 50)
    .option('--cursor <text>', 'go on after this place, as the page before has printed it')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: ListPausesOptions) => {
      await (await import('./show-pauses.js')).showPauses(context, options);
    });
  return pauses.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [{ run: 'zakops outbox pauses', does: 'what is paused, until when, why, and how much waits for it?' }],
  });
}

function addTarget<C extends Command>(command: C): C {
  return command
    .option('--all', 'every delivery')
    .option('--consumer <name>', 'deliveries to a consumer, such as deal-activity')
    .option('--type <event type>', 'deliveries of an event type or family, such as deal.*')
    .option('--aggregate <id>', 'deliveries of an aggregate, such as DEAL-000001')
    .option('--aggregate-type <type>', 'the type of the aggregate; deal when it is left out');
}

function addEnd<C extends Command>(command: C): C {
  return command
    .option('--minutes <n>', 'the pause ends after so many minutes, 1 to 1440; 60 when nothing is said', readMinutes)
    .option('--until <instant>', 'the pause ends at this instant (ISO 8601), at most a day ahead', readInstant);
}

function readId(text: string): string {
  if (!UUID.test(text)) throw new InvalidArgumentError('It must be the id of a pause, as outbox pauses shows it.');
  return text.toLowerCase();
}

function readMinutes(text: string): number {
  if (!MINUTES.test(text) || Number(text) < 1 || Number(text) > 1_440)
    throw new InvalidArgumentError('It must be a whole number from 1 to 1440.');
  return Number(text);
}

function readLimit(text: string): number {
  if (!MINUTES.test(text) || Number(text) < 1 || Number(text) > 200)
    throw new InvalidArgumentError('It must be a whole number from 1 to 200.');
  return Number(text);
}

function readInstant(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It must be an instant, such as 2026-11-28T11:00:00Z.');
  return at.toISOString();
}

function readState(text: string): ListPausesOptions['state'] {
  if (text === 'in_force' || text === 'over' || text === 'all') return text;
  throw new InvalidArgumentError('It must be in_force, over or all.');
}
