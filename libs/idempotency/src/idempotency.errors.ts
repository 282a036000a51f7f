import { DomainError } from '#zakops/kernel';

const TRY_AGAIN_SECONDS = 1;

/** The first call with this key is still running: 409 `IDEMPOTENCY_KEY_IN_USE`. */
export class IdempotencyKeyInUseError extends DomainError {
  constructor() {
    super({
      code: 'IDEMPOTENCY_KEY_IN_USE',
      category: 'conflict',
      detail: 'A call with this idempotency key is still running; try again to get its answer.',
      retryAfterSeconds: TRY_AGAIN_SECONDS,
    });
  }
}

/** The key stands for a call with another body or query: 422 `IDEMPOTENCY_KEY_REUSED`. */
export class IdempotencyKeyReusedError extends DomainError {
  constructor() {
    super({
      code: 'IDEMPOTENCY_KEY_REUSED',
      category: 'rule_broken',
      detail: 'This idempotency key was used for a call with another body or query; take a new key for another call.',
    });
  }
}

/** The call was made, and its answer held a secret that is not kept: 409 `IDEMPOTENT_ANSWER_WAS_SECRET`. */
export class IdempotentAnswerWasSecretError extends DomainError {
  constructor(status: number) {
    super({
      code: 'IDEMPOTENT_ANSWER_WAS_SECRET',
      category: 'conflict',
      detail: `This call was made already and answered with ${String(status)}; its answer held a secret, which is shown once only.`,
      context: { first_status: status },
    });
  }
}
