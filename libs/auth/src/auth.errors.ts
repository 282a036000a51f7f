import { DomainError } from '#zakops/kernel';
import type { Permission } from './permissions.js';

/** The caller is not known: 401. */
export class UnauthenticatedError extends DomainError {
  constructor() {
    super({ code: 'UNAUTHORIZED', category: 'unauthenticated', detail: 'This call needs an authenticated operator.' });
  }
}

/** The caller is known and may not do this: 403. */
export class PermissionDeniedError extends DomainError {
  constructor(permission: Permission) {
    super({
      code: 'FORBIDDEN',
      category: 'forbidden',
      detail: `This call needs the permission ${permission}.`,
      context: { required_permission: permission },
    });
  }
}

/** A route says neither that it is public nor what it needs: refused to everybody, so that nothing opens by forgetting. */
export class UnmarkedRouteError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'This route is not open to anybody.' });
  }
}
