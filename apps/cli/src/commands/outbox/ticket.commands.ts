import { toNfc } from '#zakops/kernel';
import { Option } from 'commander';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import { addTicketFilter, readTicketId, readTicketIds, readTicketLimit, STATUS_CHOICES } from './ticket-options.js';
import type { TicketListOptions, TryNowOptions } from './ticket-options.js';

const PAGE = 50;
const AS_REST = 'The JSON is that of the API below /api/admin/outbox/tickets. What is changed is written down by the actor system:cli.';

/** `zakops outbox tickets`: what waits, fails or is in hand. */
export function ticketsCommand(context: CliContext): DocumentedCommand {
  const tickets = addTicketFilter(
    new DocumentedCommand('tickets')
      .description('deliveries that wait, fail or are in hand, and what each stands behind; oldest event first')
      .addOption(new Option('--status <status>', 'only these').choices(STATUS_CHOICES)),
  )
    .option('--waits-for <id>', 'those that stand behind this ticket', readTicketId)
    .option('--limit <number>', 'tickets to show', readTicketLimit, PAGE)
    .option('--cursor <cursor>', 'where to go on: next_cursor of the page before')
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: TicketListOptions) => {
      await (await import('./list-tickets.js')).listTickets(context, options);
    });
  return tickets.document({
    changes: 'nothing',
    notes: ['Dead ones are in zakops dlq list.', AS_REST],
    examples: [
      { run: 'zakops outbox tickets --status failed', does: 'what fails, why, and when is it tried next?' },
      { run: 'zakops outbox tickets --aggregate DEAL-000001', does: 'why does this deal get no further?' },
      { run: "zakops outbox tickets --json | jq -r '.tickets[] | .waits_for.id // empty' | sort | uniq -c", does: 'what holds up most?' },
    ],
  });
}

/** `zakops outbox try-now`: failed deliveries before their time. */
export function tryNowCommand(context: CliContext): DocumentedCommand {
  const tryNow = addTicketFilter(
    new DocumentedCommand('try-now')
      .description('try failed deliveries now instead of at their time')
      .addOption(new Option('--id <id>', 'one ticket; may be repeated').argParser(readTicketIds).conflicts('all'))
      .option('--all', 'every failed delivery; needed when no filter is given'),
  )
    .option('--reason <text>', 'why, in your words; kept in the audit log', toNfc)
    .option('--json', 'print JSON, as when the output is piped')
    .action(async (options: TryNowOptions) => {
      await (await import('./try-tickets.js')).tryTickets(context, options);
    });
  return tryNow.document({
    changes: 'the chosen failed deliveries are due now, and their attempts go on counting; an entry of the audit log for each portion',
    notes: [
      'Mend the cause first: a try without it only takes an attempt. What stands behind another delivery comes in its turn.',
      'Without --id it works in portions of at most 2,500, each a transaction of its own. A worker that holds a delivery is not disturbed.',
      AS_REST,
    ],
    examples: [
      { run: 'zakops outbox try-now --consumer deal-activity --reason "the table is back"', does: 'do not wait for the next try' },
      { run: 'zakops outbox try-now --id 4fc5106d-0dc0-3691-3356-88d7064f3758', does: 'one' },
    ],
  });
}
