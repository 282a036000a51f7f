/** The five states of a ticket, as the column `status` of `zakops.outbox_tickets` and of the view `zakops.outbox` hold them. */
export const TICKET_STATUSES = ['pending', 'processing', 'delivered', 'failed', 'dead'] as const;

/** One of the five states. */
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/**
 * Every change of state that exists, and its name. `docs/events.md` draws it.
 *
 * @remarks A ticket begins as `failed` or `dead`, when its event fails at the cursor, or as `pending`, behind another one of its aggregate.
 * Only a careful worker, after a crash, marks what it has in hand as `processing`.
 */
export const TICKET_TRANSITIONS = {
  begin: { from: ['pending', 'failed'], to: 'processing' },
  deliver: { from: ['pending', 'failed', 'processing'], to: 'delivered' },
  fail: { from: ['pending', 'failed', 'processing'], to: 'failed' },
  die: { from: ['pending', 'failed', 'processing'], to: 'dead' },
  giveBack: { from: ['processing'], to: 'pending' },
  redrive: { from: ['dead'], to: 'pending' },
  undo: { from: ['pending'], to: 'dead' },
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
