import { DomainError } from '#zakops/kernel';
import { toTriedTicketResponse, toTriedTicketsResponse, TryTicket, TryTickets } from '#zakops/outbox';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import type { Terminal } from '../../terminal/terminal.js';
import { toFilter, withTickets } from './open-tickets.js';
import type { TicketBuses } from './open-tickets.js';
import { choosesNoTicket } from './ticket-options.js';
import type { TryNowOptions } from './ticket-options.js';

/** Makes the chosen failed deliveries due now. */
export async function tryTickets({ env, terminal }: CliContext, options: TryNowOptions): Promise<void> {
  const { id: ids, all } = options;
  if (ids === undefined && all !== true && choosesNoTicket(options)) {
    throw new CliError('Which ones? Give --id, a filter such as --consumer, or --all.');
  }
  if (ids !== undefined && !choosesNoTicket(options)) throw new CliError('--id names the tickets; leave the filter away.');
  await withTickets(env, (buses) => (ids === undefined ? tryMatching(buses, options, terminal) : tryNamed(buses, ids, options, terminal)));
}

async function tryMatching({ commands }: TicketBuses, options: TryNowOptions, terminal: Terminal): Promise<void> {
  const answer = toTriedTicketsResponse(await commands.execute(new TryTickets(toFilter(options), options.reason)));
  if (printsJson(options, terminal)) terminal.print(JSON.stringify(answer, null, 2));
  else terminal.print(say(answer.count));
  if (answer.remaining > 0) {
    terminal.note(`${String(answer.remaining)} more wait: behind another delivery, or a worker holds them.`);
  }
}

/** Each in its own transaction; exit code 1 when one of several cannot be tried. */
async function tryNamed({ commands }: TicketBuses, ids: readonly string[], options: TryNowOptions, terminal: Terminal): Promise<void> {
  const answers: object[] = [];
  for (const id of ids) {
    try {
      answers.push(toTriedTicketResponse(id, await commands.execute(new TryTicket(id, options.reason))));
    } catch (error) {
      if (ids.length === 1 || !(error instanceof DomainError)) throw error;
      // The other ids can still be tried.
      terminal.note(error.detail);
      process.exitCode = 1;
    }
  }
  if (printsJson(options, terminal)) terminal.print(JSON.stringify(ids.length === 1 ? answers[0] : answers, null, 2));
  else terminal.print(say(answers.length));
}

function printsJson({ json }: TryNowOptions, terminal: Terminal): boolean {
  return json === true || !terminal.showsTables;
}

function say(count: number): string {
  return `${String(count)} ${count === 1 ? 'delivery is' : 'deliveries are'} due now`;
}
