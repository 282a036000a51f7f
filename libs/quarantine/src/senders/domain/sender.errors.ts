import { DomainError } from '#zakops/kernel';

/** There is no such sender. */
export class SenderNotFoundError extends DomainError {
  constructor(email: string) {
    super({ code: 'SENDER_NOT_FOUND', category: 'not_found', detail: `There is no sender ${email}.`, context: { email } });
  }
}

/** The sender is not in the state that the caller has read. */
export class SenderPreconditionError extends DomainError {
  constructor(email: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Sender ${email} has changed since it was read; read it again.`,
      context: { email, current_version: currentVersion },
    });
  }
}
