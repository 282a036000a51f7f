import { ListTickets, nextTicketCursor, ticketPageStart, toTicketResponse } from '#zakops/outbox';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import { toFilter, withTickets } from './open-tickets.js';
import type { TicketListOptions } from './ticket-options.js';

/** Prints a page of tickets. */
export async function listTickets({ env, terminal }: CliContext, options: TicketListOptions): Promise<void> {
  const { limit, cursor, status, waitsFor } = options;
  const page = await withTickets(env, async ({ queries, cursors, maxAttempts }) => {
    const filter = { ...toFilter(options), status, waitsFor };
    const { tickets, next } = await queries.execute(new ListTickets(filter, limit, ticketPageStart(cursors, filter, cursor)));
    const shown = tickets.map((ticket) => toTicketResponse(ticket, maxAttempts));
    return { tickets: shown, limit, next_cursor: nextTicketCursor(cursors, filter, next) };
  });
  if (options.json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  const rows = page.tickets.map((ticket) => [
    ticket.id,
    ticket.consumer,
    `${ticket.event_type}\n${ticket.aggregate_id}`,
    `${ticket.status}\n${String(ticket.attempts)} of ${String(ticket.max_attempts)}`,
    ticket.due_at ?? '',
    ticket.waits_for?.text ?? [ticket.reason_code, ticket.last_error].filter((part) => part !== null).join(': '),
  ]);
  const head = ['id', 'consumer', 'event', 'status', 'due', 'stands behind, or last error'];
  if (rows.length > 0) terminal.printDrawn(await drawTable({ head, rows }, terminal));
  const more = page.next_cursor === null ? '' : `; more: --cursor ${page.next_cursor}`;
  terminal.print(rows.length === 0 ? 'no tickets' : `${String(rows.length)} ticket${rows.length === 1 ? '' : 's'}${more}`);
}
