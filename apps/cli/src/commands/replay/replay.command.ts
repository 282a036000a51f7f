import { toNfc } from '#zakops/kernel';
import { Argument, Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { readId } from '../dlq/dead-letter-options.js';
import { readPosition, readRate } from './replay-options.js';
import type { ReplayOptions } from './replay-options.js';

const AS_REST = 'The JSON is that of the API below /api/admin/events. What is changed is written down by the actor system:cli.';

/** `zakops replay ...`: history to one consumer. */
export function replayCommand(context: CliContext): DocumentedCommand {
  const replay = new DocumentedCommand('replay').description('deliver history to one consumer again, marked as replayed');
  replay.addCommand(startCommand(context));
  replay.addCommand(showCommand(context));
  replay.addCommand(listCommand(context));
  replay.addCommand(cancelCommand(context));
  return replay;
}

function startCommand(context: CliContext): DocumentedCommand {
  const start = new DocumentedCommand('start')
    .description('count what a replay would deliver, and start it')
    .argument('<consumer>', 'as outbox consumers shows it')
    .addOption(new Option('--from <position>', 'the first position; 1 unless given').argParser(readPosition).conflicts('since'))
    .addOption(
      new Option('--to <position>', 'the last position; without it until the replay meets the cursor')
        .argParser(readPosition)
        .conflicts('before'),
    )
    .option('--since <instant>', 'events that were published at this instant or later (ISO 8601)')
    .option('--before <instant>', 'events that were published before this instant (ISO 8601)')
    .addOption(new Option('--rate <number>', 'events a second at most').argParser(readRate))
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (consumer: string, options: ReplayOptions) => {
      await (await import('./start-replay.js')).startReplay(context, consumer, options);
    });
  return start.document({
    changes: 'the active worker delivers the range to the consumer again; an entry of the audit log',
    notes: ['One replay per consumer. Events with an open ticket are left out. An event that fails for good ends the replay.', AS_REST],
    examples: [
      { run: 'zakops replay start deal-activity --dry-run', does: 'how many events of which types would come again?' },
      {
        run: 'zakops replay start deal-activity --rate 500 --reason "rebuild" --yes',
        does: 'fill an emptied projection, without being asked',
      },
    ],
  });
}

function showCommand(context: CliContext): DocumentedCommand {
  const show = new DocumentedCommand('show')
    .description('say how far a replay is')
    .addArgument(new Argument('<id>', 'as replay start and replay list show it').argParser(readId))
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, { json }: { json?: true }) => {
      await (await import('./show-replays.js')).showReplay(context, id, json === true);
    });
  return show.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [{ run: 'zakops replay show 01a20766-1903-7000-b53a-f1a67f726fc3', does: 'is it done?' }],
  });
}

function listCommand(context: CliContext): DocumentedCommand {
  const list = new DocumentedCommand('list')
    .description('the last 50 replays, newest first')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async ({ json }: { json?: true }) => {
      await (await import('./show-replays.js')).listReplays(context, json === true);
    });
  return list.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [{ run: 'zakops replay list', does: 'does one run now?' }],
  });
}

function cancelCommand(context: CliContext): DocumentedCommand {
  const cancel = new DocumentedCommand('cancel')
    .description('end a replay; what it has delivered stays')
    .addArgument(new Argument('<id>', 'as replay list shows it').argParser(readId))
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (id: string, options: { reason?: string; json?: true }) => {
      await (await import('./show-replays.js')).cancelReplay(context, id, options);
    });
  return cancel.document({
    changes: 'the replay ends after the portion that is committed; an entry of the audit log',
    notes: [AS_REST],
    examples: [{ run: 'zakops replay cancel 01a20766-1903-7000-b53a-f1a67f726fc3 --reason "the wrong range"', does: 'stop it' }],
  });
}
