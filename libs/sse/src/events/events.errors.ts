import { DomainError } from '#zakops/kernel';

/** There is no event with this id. */
export class EventNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no event ${id}.` });
  }
}
