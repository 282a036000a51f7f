/** The table of tickets, for SQL: a constant, never an input. */
export const TICKETS = 'zakops.outbox_tickets';
