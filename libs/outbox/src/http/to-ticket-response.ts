import type { TriedTicket } from '../ticket-admin/ticket-try.store.js';
import type { TriedTickets } from '../ticket-admin/try-tickets/portioned-try.js';
import type { TicketView } from '../ticket-admin/ticket.view.js';
import { sayWaitsFor } from '../ticket-admin/waits-for.js';
import type { TicketResponse, TriedTicketResponse, TriedTicketsResponse } from './dto/tickets.response.js';

/** From a ticket to its form on the wire. */
export function toTicketResponse(ticket: TicketView, maxAttempts: number): TicketResponse {
  const { waitsFor } = ticket;
  return {
    id: ticket.id,
    event_id: ticket.eventId,
    event_type: ticket.eventType,
    consumer: ticket.consumer,
    aggregate_type: ticket.aggregateType,
    aggregate_id: ticket.aggregateId,
    correlation_id: ticket.correlationId,
    position: ticket.position,
    status: ticket.status,
    attempts: ticket.attempts,
    max_attempts: maxAttempts,
    replay_count: ticket.redrives,
    due_at: ticket.dueAt?.toISOString() ?? null,
    first_failed_at: ticket.firstFailedAt?.toISOString() ?? null,
    last_attempt_at: ticket.lastAttemptAt?.toISOString() ?? null,
    reason_code: ticket.reasonCode,
    last_error: ticket.lastError,
    fingerprint: ticket.fingerprint,
    waits_for: waitsFor === null ? null : { kind: waitsFor.kind, id: waitsFor.id, text: sayWaitsFor(waitsFor) },
  };
}

/** From a ticket that is due now to its form on the wire. */
export function toTriedTicketResponse(id: string, { consumer, dueAt }: TriedTicket): TriedTicketResponse {
  return { status: 'due', ticket_id: id, consumer, due_at: dueAt?.toISOString() ?? null };
}

/** From the outcome of a walk to its form on the wire. */
export function toTriedTicketsResponse({ count, remaining }: TriedTickets): TriedTicketsResponse {
  return { status: 'due', count, remaining };
}
