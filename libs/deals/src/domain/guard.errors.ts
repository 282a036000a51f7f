import { DomainError } from '#zakops/kernel';

/** There is no such guard. */
export class GuardNotFoundError extends DomainError {
  constructor(guardId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no guard ${guardId}.`, context: { guard_id: guardId } });
  }
}

/** The guard is not in the state that the caller has read. */
export class GuardPreconditionError extends DomainError {
  constructor(guardId: string, currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: `Guard ${guardId} has changed since it was read; read it again.`,
      context: { guard_id: guardId, current_version: currentVersion },
    });
  }
}

/** The limits of stages are not in the state that the caller has read. */
export class StageLimitsPreconditionError extends DomainError {
  constructor(currentVersion: number) {
    super({
      code: 'PRECONDITION_FAILED',
      category: 'precondition_failed',
      detail: 'The limits of stages have changed since they were read; read them again.',
      context: { current_version: currentVersion },
    });
  }
}
