import { DomainError } from '#zakops/kernel';
import type { OpenStatus, WaitsFor } from './ticket.view.js';
import { sayWaitsFor } from './waits-for.js';

/** No ticket that is still to be delivered has this id: it never existed, was delivered, or was discarded. 404. */
export class TicketNotFoundError extends DomainError {
  constructor(id: string) {
    super({
      code: 'NOT_FOUND',
      category: 'not_found',
      detail: `No delivery is waiting as ticket ${id}: it never existed, was delivered, or was discarded.`,
      context: { ticket_id: id },
    });
  }
}

/** The ticket stands behind another one, or behind a pause. 409. */
export class TicketWaitsError extends DomainError {
  constructor(id: string, waitsFor: WaitsFor) {
    super({
      code: 'TICKET_WAITS',
      category: 'conflict',
      detail: `Ticket ${id} cannot be tried now. ${sayWaitsFor(waitsFor)}`,
      context: { ticket_id: id, waits_for: { kind: waitsFor.kind, id: waitsFor.id } },
    });
  }
}

/** The ticket is dead: it is retried as a dead letter. 409. */
export class TicketDeadError extends DomainError {
  constructor(id: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Ticket ${id} is dead: retry it with POST /api/admin/dlq/${id}/retry.`,
      context: { ticket_id: id, current_status: 'dead' },
    });
  }
}

/** A worker has the ticket in hand at this moment. 409. */
export class TicketInHandError extends DomainError {
  constructor(id: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `A worker has ticket ${id} in hand: it is being tried, or changed by another call. Look again in a moment.`,
      context: { ticket_id: id, current_status: 'processing' satisfies OpenStatus },
    });
  }
}
