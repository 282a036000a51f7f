import { Command } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { teach } from '../../help/teach.js';

/** `zakops outbox ...`: publication and delivery of events. */
export function outboxCommand(context: CliContext): Command {
  const outbox = new Command('outbox').description('publication and delivery of events');
  const stats = outbox
    .command('stats')
    .description('depth, age, rates and worker of the outbox, as GET /api/admin/outbox/stats answers them')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async ({ json }: { json?: true }) => {
      await (await import('./show-outbox-stats.js')).showOutboxStats(context, json === true);
    });
  teach(stats, {
    changes: 'nothing',
    examples: [
      { run: 'zakops outbox stats', does: 'see who delivers, how much waits and for how long' },
      { run: 'zakops outbox stats | grep oldest_due_age_seconds', does: 'the figure to watch: above 60 delivery does not keep up' },
    ],
  });
  return outbox;
}
