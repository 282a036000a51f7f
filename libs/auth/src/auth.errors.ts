import { DomainError } from '#zakops/kernel';
import type { Permission } from './permissions.js';

/** The caller is unknown: 401. */
export class UnauthenticatedError extends DomainError {
  constructor() {
    super({ code: 'UNAUTHORIZED', category: 'unauthenticated', detail: 'This call needs an authenticated operator.' });
  }
}

/**
 * The session was replaced while the call was under way: 409, and the call had no effect.
 *
 * @remarks The same call succeeds with the cookies of the new session, which the browser has or is about to get.
 */
export class SessionReplacedError extends DomainError {
  constructor() {
    super({
      code: 'SESSION_REPLACED',
      category: 'conflict',
      detail: 'Another call has just replaced this session. Send this call again with the new cookies and CSRF token.',
    });
  }
}

/** The caller lacks a permission: 403. */
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

/** The route has no mark: 403 for everybody, so that a forgotten mark opens nothing. */
export class UnmarkedRouteError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'This route is closed.' });
  }
}

/** The route is for sessions of operators: 403 for an API key. */
export class KeysRefusedError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'This call needs the session of an operator; API keys cannot make it.' });
  }
}

/** A foreign page may have sent this call: 403. */
export class CsrfRejectedError extends DomainError {
  constructor(detail: string) {
    super({ code: 'CSRF_REJECTED', category: 'forbidden', detail });
  }
}

/** The password was given too long ago for this call: 403. */
export class ReauthenticationRequiredError extends DomainError {
  constructor(freshMinutes: number) {
    super({
      code: 'REAUTHENTICATION_REQUIRED',
      category: 'forbidden',
      detail: `This call needs a password that was given less than ${String(freshMinutes)} minutes ago: POST /api/auth/reauthenticate.`,
      context: { fresh_minutes: freshMinutes },
    });
  }
}

/** Somebody else chose the password: 403 for everything but changing it. */
export class PasswordChangeRequiredError extends DomainError {
  constructor() {
    super({
      code: 'PASSWORD_CHANGE_REQUIRED',
      category: 'forbidden',
      detail: 'Change the password first; until then no other call is allowed.',
    });
  }
}
