import { DomainError } from '#zakops/kernel';

/**
 * The password is wrong, or the account does not exist, is disabled, has no password yet or is locked for a while.
 *
 * @remarks One error for all of them, word for word: whoever guesses must not learn which e-mail has an account, nor that it is locked.
 */
export class InvalidCredentialsError extends DomainError {
  constructor() {
    super({
      code: 'INVALID_CREDENTIALS',
      category: 'unauthenticated',
      detail: 'The e-mail or the password is wrong, or this account cannot log in at the moment.',
    });
  }
}

/** The setup token is unknown, used or expired, or its operator is disabled. */
export class InvalidSetupTokenError extends DomainError {
  constructor() {
    super({
      code: 'INVALID_CREDENTIALS',
      category: 'unauthenticated',
      detail: 'This setup token is not valid, or not any more; ask an administrator for a new one.',
    });
  }
}

/** A new password breaks the password rule. */
export class WeakPasswordError extends DomainError {
  constructor(pointer: string, detail: string, code: string) {
    super({
      code: 'VALIDATION_ERROR',
      category: 'invalid_input',
      detail: 'The password cannot be used.',
      fields: [{ pointer, detail, code }],
    });
  }
}

/** What is to be known of an operator cannot be taken. */
export class InvalidOperatorFieldError extends DomainError {
  constructor(pointer: string, detail: string, code: string) {
    super({
      code: 'VALIDATION_ERROR',
      category: 'invalid_input',
      detail: 'The operator cannot be taken.',
      fields: [{ pointer, detail, code }],
    });
  }
}

/** Nobody may register by themselves here. */
export class RegistrationClosedError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'Registration is closed; ask an administrator for an invitation.' });
  }
}

/** There is an operator with this e-mail. */
export class DuplicateEmailError extends DomainError {
  constructor(email: string) {
    super({ code: 'CONFLICT', category: 'conflict', detail: `There is an operator with the e-mail ${email} already.`, context: { email } });
  }
}

/** There is no such operator. */
export class OperatorNotFoundError extends DomainError {
  constructor(which: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no operator ${which}.` });
  }
}

/** There is no such session, it is over, or it is somebody else's. */
export class SessionNotFoundError extends DomainError {
  constructor(sessionId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no session ${sessionId}.` });
  }
}

/** There is no such API key, it is revoked, or it is somebody else's. */
export class ApiKeyNotFoundError extends DomainError {
  constructor(apiKeyId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no API key ${apiKeyId}.` });
  }
}

/** A key would be able to do what its maker is not allowed to. */
export class ScopeNotHeldError extends DomainError {
  constructor(scopes: readonly string[]) {
    super({
      code: 'FORBIDDEN',
      category: 'forbidden',
      detail: `Your role does not hold ${scopes.join(', ')}, so your keys cannot.`,
      context: { missing_scopes: scopes },
    });
  }
}

/** Without this operator nobody could administer the system any more. */
export class LastAdminError extends DomainError {
  constructor(email: string) {
    super({
      code: 'LAST_ADMIN',
      category: 'conflict',
      detail: `${email} is the last active administrator: make somebody else one first.`,
    });
  }
}

/** The operator is not in the state that the caller has read. */
export class OperatorPreconditionError extends DomainError {
  constructor(operatorId: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Operator ${operatorId} has changed since it was read; read it again.`,
      context: { current_version: currentVersion },
    });
  }
}

/** The caller is the stand-in of a system without login, who has neither a password nor sessions nor keys. */
export class NoAccountError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'There is no operator account behind this call; log in as an operator.' });
  }
}
