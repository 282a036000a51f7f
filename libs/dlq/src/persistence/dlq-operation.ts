import type { ChangedDeadLetter, DeadLetterFilter } from '#zakops/outbox';

/** What an operator does to dead letters; the words of the column `zakops.dlq_operations.kind`. */
export type DlqOperationKind = 'retry' | 'retry_all' | 'purge' | 'purge_old';

/** Kinds after which a dead letter is due again. */
export const REDRIVES: readonly DlqOperationKind[] = ['retry', 'retry_all'];

/** Kinds after which there is no ticket. */
export const DISCARDS: readonly DlqOperationKind[] = ['purge', 'purge_old'];

/** One operation, or one portion of it, as it is written down. */
export interface DlqOperation {
  readonly kind: DlqOperationKind;
  /** The operator's own words, if any were given. */
  readonly reason: string | undefined;
  readonly filter: DeadLetterFilter;
  /** The dead letters that were really changed. */
  readonly changed: readonly Pick<ChangedDeadLetter, 'id' | 'eventId' | 'consumer'>[];
}
