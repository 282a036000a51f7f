import { DomainError } from '#zakops/kernel';

/**
 * The password is wrong, or the account does not exist, is disabled, has no password yet or is locked for a while.
 *
 * @remarks The same words for all of them: a guesser must not learn which e-mail has an account, or that the account is locked.
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
      detail: 'This setup token is not valid or not valid any more; ask an administrator for a new token.',
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

/** A field of an operator is invalid. */
export class InvalidOperatorFieldError extends DomainError {
  constructor(pointer: string, detail: string, code: string) {
    super({
      code: 'VALIDATION_ERROR',
      category: 'invalid_input',
      detail: 'A field of the operator is invalid.',
      fields: [{ pointer, detail, code }],
    });
  }
}

/** Registration is closed. */
export class RegistrationClosedError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'Registration is closed; ask an administrator for an invitation.' });
  }
}

/** Another operator has this e-mail. */
export class DuplicateEmailError extends DomainError {
  constructor(email: string) {
    super({ code: 'CONFLICT', category: 'conflict', detail: `Another operator has the e-mail ${email}.`, context: { email } });
  }
}

/** There is no such operator. */
export class OperatorNotFoundError extends DomainError {
  constructor(which: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no operator ${which}.` });
  }
}

/** There is no such session, it has ended, or another operator owns it. */
export class SessionNotFoundError extends DomainError {
  constructor(sessionId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no session ${sessionId}.` });
  }
}

/** There is no such API key, it is revoked, or another operator owns it. */
export class ApiKeyNotFoundError extends DomainError {
  constructor(apiKeyId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no API key ${apiKeyId}.` });
  }
}

/** A key was to have a scope that its owner does not hold. */
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

/** The operator is the last active administrator. */
export class LastAdminError extends DomainError {
  constructor(email: string) {
    super({
      code: 'LAST_ADMIN',
      category: 'conflict',
      detail: `${email} is the last active administrator; make another operator an administrator first.`,
    });
  }
}

/** The operator has changed since the caller read it. */
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

/** The caller is the development operator, who has no password, sessions or keys. */
export class NoAccountError extends DomainError {
  constructor() {
    super({ code: 'FORBIDDEN', category: 'forbidden', detail: 'There is no operator account behind this call; log in as an operator.' });
  }
}
