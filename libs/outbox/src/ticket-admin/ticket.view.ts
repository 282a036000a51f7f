import type { TicketStatus } from '../tickets/ticket-status.js';

/** The states of a ticket that is still to be delivered. A dead one is a dead letter, and has a list of its own. */
export const OPEN_STATUSES = ['pending', 'processing', 'failed'] as const satisfies readonly TicketStatus[];

/** A state of a ticket that is still to be delivered. */
export type OpenStatus = (typeof OPEN_STATUSES)[number];

/** What a ticket stands behind: another ticket of its aggregate and consumer, or a pause. */
export type WaitsFor =
  | {
      readonly kind: 'ticket';
      readonly id: string;
      /** `dead` when the consumer blocks on dead letters. */
      readonly status: OpenStatus | 'dead';
      readonly position: number;
      /** Null while it is in hand, or dead. */
      readonly dueAt: Date | null;
    }
  | { readonly kind: 'pause'; readonly id: string; readonly endsAt: Date };

/** A ticket that is still to be delivered. */
export interface TicketView {
  /** Stable for this event and consumer; as a dead letter it has the same. */
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly consumer: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly position: number;
  readonly status: OpenStatus;
  readonly attempts: number;
  readonly redrives: number;
  /** Null while the ticket stands behind another one. */
  readonly dueAt: Date | null;
  readonly firstFailedAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly fingerprint: string | null;
  readonly waitsFor: WaitsFor | null;
}

/** The place of a ticket in the list; the position as text. */
export interface TicketKey {
  readonly position: string;
  readonly consumer: string;
}

/** A page of the list. */
export interface TicketPage {
  readonly tickets: readonly TicketView[];
  /** Where the next page begins; null at the end. */
  readonly next: TicketKey | null;
}
