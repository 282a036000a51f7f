import { DomainError } from '#zakops/kernel';
import type { FieldError } from '#zakops/kernel';

/** No dead letter has this id: it never existed, or was discarded. 404. */
export class DeadLetterNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no dead letter ${id}.`, context: { entry_id: id } });
  }
}

/** The dead letter has left the queue, because an operator redrove it. 409. */
export class DeadLetterLeftError extends DomainError {
  /** @param status - the state of its ticket now */
  constructor(id: string, status: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Entry ${id} was redriven before and is not in the dead letter queue: its delivery is ${status} now.`,
      context: { entry_id: id, current_status: status },
    });
  }
}

/** A corrected payload does not fit the schema of its event type. 400, with each member named. */
export class PayloadRefusedError extends DomainError {
  constructor(eventType: string, fields: readonly FieldError[]) {
    super({ code: 'VALIDATION_ERROR', category: 'invalid_input', detail: `The payload does not fit the schema of ${eventType}.`, fields });
  }
}

/** A dead letter cannot be resubmitted. 422. */
export class ResubmitRefusedError extends DomainError {
  constructor(why: string) {
    super({ code: 'RULE_BROKEN', category: 'rule_broken', detail: `This dead letter cannot be resubmitted. ${why}` });
  }
}
