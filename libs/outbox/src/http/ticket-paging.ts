import { CURSOR_RULES, cursorScope } from '#zakops/http';
import type { Cursors } from '#zakops/http';
import type { TicketListFilter } from '../ticket-admin/ticket-filter.js';
import type { TicketKey } from '../ticket-admin/ticket.view.js';

const LIST = 'outbox-tickets';
const KEY_RULES = { position: CURSOR_RULES.wholeNumber, consumer: CURSOR_RULES.textId };

/** Where a page begins; undefined for the first one. */
export function ticketPageStart(cursors: Cursors, filter: TicketListFilter, cursor: string | undefined): TicketKey | undefined {
  return cursors.read(cursorScope(LIST, { ...filter }), cursor, KEY_RULES);
}

/** The cursor that goes on after a ticket. */
export function nextTicketCursor(cursors: Cursors, filter: TicketListFilter, key: TicketKey | null): string | null {
  return cursors.write(cursorScope(LIST, { ...filter }), key && { position: key.position, consumer: key.consumer });
}
