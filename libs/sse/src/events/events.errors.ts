import { InputError } from '#zakops/http';
import { DomainError } from '#zakops/kernel';

/** There is no event with this id. */
export class EventNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no event ${id}.` });
  }
}

/** A cursor was made while another log was in force: 400 `VALIDATION_ERROR`, as for every cursor that does not fit. */
export class CursorOfAnotherLogError extends InputError {
  constructor() {
    super([
      {
        pointer: 'cursor',
        detail: 'belongs to an event log that was replaced, by a restore or a failover; start again without it',
        code: 'INVALID_CURSOR',
      },
    ]);
  }
}
