import { DomainError } from '#zakops/kernel';
import type { Permission } from './permissions.js';

/** The caller is not known: 401. */
export class UnauthenticatedError extends DomainError {
  constructor() {
    super({ code: 'UNAUTHORIZED', category: 'unauthenticated', detail: 'This call needs an authenticated operator.' });
  }
}

/**
 * The session was replaced while the call was on its way: 409, and nothing was done.
 *
 * @remarks The browser has the cookies of the session that replaced it, or gets them any moment: the same call succeeds then.
 */
export class SessionReplacedError extends DomainError {
  constructor() {
    super({
      code: 'SESSION_REPLACED',
      category: 'conflict',
      detail: 'Another call has just replaced this session. Send this one again, with the new cookies and their token.',
    });
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

/** The route is for operators themselves: 403 for an API key. */
export class KeysRefusedError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'This call needs the session of an operator; API keys cannot make it.' });
  }
}

/** A foreign page may have made the browser send this: 403. */
export class CsrfRejectedError extends DomainError {
  constructor(detail: string) {
    super({ code: 'CSRF_REJECTED', category: 'forbidden', detail });
  }
}

/** The password was given too long ago for what is asked: 403. */
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

/** The password is one that somebody else knows: 403 for everything but changing it. */
export class PasswordChangeRequiredError extends DomainError {
  constructor() {
    super({
      code: 'PASSWORD_CHANGE_REQUIRED',
      category: 'forbidden',
      detail: 'Change the password first: nothing else is open until then.',
    });
  }
}
