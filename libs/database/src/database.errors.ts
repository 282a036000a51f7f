import { DomainError } from '#zakops/kernel';

/** The database cannot be reached, or has no free connection within the limit. Trying again helps. */
export class DatabaseUnavailableError extends DomainError {
  constructor(cause: unknown) {
    super({
      code: 'SERVICE_UNAVAILABLE',
      category: 'unavailable',
      detail: 'The database cannot be reached at the moment.',
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** The database refused a statement for a reason that no caller can act on. */
export class DatabaseError extends DomainError {
  constructor(cause: unknown) {
    super({ code: 'DATABASE_ERROR', category: 'internal', detail: 'The database refused a statement.', cause });
  }
}
