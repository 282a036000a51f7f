import { DomainError } from '#zakops/kernel';

/** No API process names an open stream with this id. */
export class StreamNotFoundError extends DomainError {
  constructor(id: string) {
    super({
      code: 'NOT_FOUND',
      category: 'not_found',
      detail: `There is no open stream ${id}. Each process names its newest 200, and may need five seconds to do so.`,
    });
  }
}
