import type { DeadTicketFilter, RevivedTicket } from '#zakops/outbox';

/** What can be done to the queue; the column `zakops.dlq_operations.kind` allows no other. */
export type DlqOperationKind = 'retry' | 'retry_all' | 'purge' | 'purge_old';

/** One operation, or one portion of it, as it is written down. */
export interface DlqOperation {
  readonly kind: DlqOperationKind;
  /** The operator's own words, if any were given. */
  readonly reason: string | undefined;
  readonly filter: DeadTicketFilter;
  /** What it really changed. */
  readonly entries: readonly Pick<RevivedTicket, 'entryId' | 'eventId' | 'consumer'>[];
}
