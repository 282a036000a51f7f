import { DomainError } from '#zakops/kernel';

/** Events were appended outside an open transaction: they could be lost, or report a change that was rolled back. A defect of the caller. */
export class OutboxOutsideTransactionError extends Error {
  constructor() {
    super('Events can be appended only inside an open transaction of the unit of work.');
    this.name = 'OutboxOutsideTransactionError';
  }
}

/** An event would be larger than EVENT_MAX_BYTES: 413 `EVENT_TOO_LARGE`, and nothing is written. */
export class EventTooLargeError extends DomainError {
  constructor(sizeBytes: number, limitBytes: number) {
    super({
      code: 'EVENT_TOO_LARGE',
      category: 'too_large',
      detail: `The event of this change would have ${String(sizeBytes)} bytes; at most ${String(limitBytes)} are allowed.`,
      context: { size_bytes: sizeBytes, limit_bytes: limitBytes },
    });
  }
}

/** Another transaction has recorded an event with the same sequence number of the same aggregate: it changed meanwhile. */
export class AggregateConflictError extends DomainError {
  constructor(cause: unknown) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: 'Somebody else changed this at the same moment; read it again and retry.',
      cause,
    });
  }
}
