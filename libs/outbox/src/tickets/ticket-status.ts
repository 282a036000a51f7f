/** The five states of a ticket, as the column `zakops.outbox.status` holds them. */
export const TICKET_STATUSES = ['pending', 'processing', 'delivered', 'failed', 'dead'] as const;

/** One of the five states. */
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/**
 * Every change of state that exists, and its name. `docs/events.md` draws it.
 *
 * @remarks `publish` is claim and delivery in one statement: the tickets of consumer `log` are never seen in `processing`.
 */
export const TICKET_TRANSITIONS = {
  publish: { from: ['pending'], to: 'delivered' },
  claim: { from: ['pending', 'failed'], to: 'processing' },
  deliver: { from: ['processing'], to: 'delivered' },
  fail: { from: ['processing'], to: 'failed' },
  die: { from: ['processing'], to: 'dead' },
  release: { from: ['processing'], to: 'pending' },
  rescue: { from: ['processing'], to: 'failed' },
  redrive: { from: ['dead'], to: 'pending' },
} as const satisfies Record<string, { from: readonly TicketStatus[]; to: TicketStatus }>;

/** The name of a change of state. */
export type TicketTransition = keyof typeof TICKET_TRANSITIONS;

/** The states from which a change starts, as a list of SQL literals; the values are constants of this file. */
export function sqlFrom(transition: TicketTransition): string {
  return TICKET_TRANSITIONS[transition].from.map((status) => `'${status}'`).join(', ');
}

/** The state to which a change leads, as a SQL literal. */
export function sqlTo(transition: TicketTransition): string {
  return `'${TICKET_TRANSITIONS[transition].to}'`;
}
