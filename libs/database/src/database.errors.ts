import { DomainError } from '#zakops/kernel';
import type { DomainErrorOptions } from '#zakops/kernel';

/** The database cannot be reached, or has no free connection within the limit. Trying again helps. */
export class DatabaseUnavailableError extends DomainError {
  constructor(cause: unknown, detail = 'The database cannot be reached at the moment.') {
    super({ code: 'SERVICE_UNAVAILABLE', category: 'unavailable', detail, retryAfterSeconds: 5, cause });
  }
}

/** The database gave no answer within the limit: it has too much to do, or somebody holds what was asked for. Trying again may help. */
export class DatabaseTimeoutError extends DatabaseUnavailableError {
  constructor(cause: unknown) {
    super(cause, 'The database did not answer in time.');
  }
}

type Refusal = Pick<DomainErrorOptions, 'code' | 'category' | 'detail' | 'retryAfterSeconds'>;

const NO_FAULT_OF_CALLERS: Refusal = { code: 'DATABASE_ERROR', category: 'internal', detail: 'The database refused a statement.' };

/** The database refused a statement; unless a subclass says why, for a reason that no caller can act on. */
export class DatabaseError extends DomainError {
  constructor(cause: unknown, refusal = NO_FAULT_OF_CALLERS) {
    super({ ...refusal, cause });
  }
}

/** Others changed the same rows at the same time, and running all of it again did not help. Trying again later does. */
export class DatabaseConflictError extends DatabaseError {
  constructor(cause: unknown) {
    const detail = 'Others changed the same data at the same time. Try again.';
    super(cause, { code: 'SERVICE_UNAVAILABLE', category: 'unavailable', detail, retryAfterSeconds: 1 });
  }
}

/** A value that must be unique was taken meanwhile. */
export class DuplicateValueError extends DatabaseError {
  constructor(cause: unknown) {
    super(cause, { code: 'CONFLICT', category: 'conflict', detail: 'Another change has taken a value that must be unique.' });
  }
}

/** A value is larger than the database can hold where it is kept. */
export class ValueTooLargeError extends DatabaseError {
  constructor(cause: unknown) {
    super(cause, { code: 'PAYLOAD_TOO_LARGE', category: 'too_large', detail: 'A value is larger than the database can hold.' });
  }
}
