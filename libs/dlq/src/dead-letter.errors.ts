import { DomainError } from '#zakops/kernel';

/** No dead letter has this id: it never existed, or was purged. 404. */
export class DeadLetterNotFoundError extends DomainError {
  constructor(entryId: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no dead letter ${entryId}.`, context: { entry_id: entryId } });
  }
}

/** The entry has left the queue, because somebody redrove it. 409. */
export class DeadLetterLeftError extends DomainError {
  /** @param status - the state of its ticket now */
  constructor(entryId: string, status: string) {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `Entry ${entryId} was redriven before and is not in the dead letter queue: its delivery is ${status} now.`,
      context: { entry_id: entryId, current_status: status },
    });
  }
}
