import type { DeadLetterFilter } from '#zakops/outbox';
import { Query } from '@nestjs/cqrs';
import type { DeadLetterFields, DeadLetterPage, DeadLetterPageStart } from '../../dead-letter.view.js';

/** Dead letters, last failed first; those of the same instant by falling id. */
export class ListDeadLetters extends Query<DeadLetterPage> {
  constructor(
    readonly filter: DeadLetterFilter,
    readonly limit: number,
    readonly start: DeadLetterPageStart,
    readonly fields: DeadLetterFields = 'all',
  ) {
    super();
  }
}
