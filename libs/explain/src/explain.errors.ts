import { DomainError } from '#zakops/kernel';

/** There is no event with this id, or retention has removed it. 404. */
export class ExplainedEventNotFoundError extends DomainError {
  constructor(id: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no event ${id}.`, context: { event_id: id } });
  }
}
