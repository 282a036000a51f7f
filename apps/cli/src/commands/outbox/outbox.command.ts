import { toNfc } from '#zakops/kernel';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { addPauseCommands } from './pause-commands.js';
import type { RemoveConsumerOptions } from './remove-consumer.js';

const AS_REST = 'The JSON is that of the API below /api/admin/outbox/consumers. What is changed is written down by the actor system:cli.';

/** `zakops outbox ...`: publication and delivery of events. */
export function outboxCommand(context: CliContext): DocumentedCommand {
  const outbox = new DocumentedCommand('outbox').description('publication and delivery of events');
  const stats = outbox
    .command('stats')
    .description('depth, age, rates and worker of the outbox, as GET /api/admin/outbox/stats answers them')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async ({ json }: { json?: true }) => {
      await (await import('./show-outbox-stats.js')).showOutboxStats(context, json === true);
    });
  stats.document({
    changes: 'nothing',
    examples: [
      { run: 'zakops outbox stats', does: 'see who delivers, how much waits and for how long' },
      { run: 'zakops outbox stats | grep oldest_due_age_seconds', does: 'the figure to watch: above 60 delivery does not keep up' },
    ],
  });
  outbox.addCommand(consumersCommand(context));
  outbox.addCommand(removeConsumerCommand(context));
  addPauseCommands(outbox, context);
  return outbox;
}

function consumersCommand(context: CliContext): DocumentedCommand {
  const consumers = new DocumentedCommand('consumers')
    .description('the consumers of events: state, position, lag, tickets, and whether they run')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async ({ json }: { json?: true }) => {
      await (await import('./show-consumers.js')).showConsumers(context, json === true);
    });
  return consumers.document({
    changes: 'nothing',
    notes: [AS_REST],
    examples: [
      { run: 'zakops outbox consumers', does: 'who follows the log, how far behind, and does a worker run it?' },
      { run: "zakops outbox consumers --json | jq -r '.consumers[] | select(.running | not) | .name'", does: 'what no worker runs' },
    ],
  });
}

function removeConsumerCommand(context: CliContext): DocumentedCommand {
  const remove = new DocumentedCommand('remove-consumer')
    .description('remove a consumer that no worker runs any more, with its tickets; events stay in the log')
    .argument('<name>', 'as outbox consumers shows it')
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--dry-run', 'only count its tickets')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (name: string, options: RemoveConsumerOptions) => {
      await (await import('./remove-consumer.js')).removeConsumer(context, name, options);
    });
  return remove.document({
    changes: 'the consumer counts nowhere any more, the active worker removes its tickets within minutes; an entry of the audit log',
    notes: ['Refused while the active worker runs it. Declared again later, it begins like a new consumer.', AS_REST],
    examples: [
      { run: 'zakops outbox remove-consumer old-mailer --dry-run', does: 'how many tickets would go?' },
      { run: 'zakops outbox remove-consumer old-mailer --reason "replaced by webhooks" --yes', does: 'remove it, without being asked' },
    ],
  });
}
