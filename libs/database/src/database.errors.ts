import { DomainError } from '#zakops/kernel';

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

/** The database refused a statement for a reason that no caller can act on. */
export class DatabaseError extends DomainError {
  constructor(cause: unknown) {
    super({ code: 'DATABASE_ERROR', category: 'internal', detail: 'The database refused a statement.', cause });
  }
}
