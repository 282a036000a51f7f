import { IntegerField, StringField } from '#zakops/http';
import { DeadLetterFilterRequest } from './dead-letter-filter.request.js';

/** The parameters of the list of dead letters. */
export class ListDeadLettersRequest extends DeadLetterFilterRequest {
  @IntegerField({
    min: 1,
    max: 1_000,
    optional: true,
    default: 100,
    description:
      'The most entries to answer. A page of large entries may be shorter, and the last one empty: the list ends where `next_cursor` is null.',
  })
  limit = 100;

  @IntegerField({
    min: 0,
    max: 1_000_000,
    optional: true,
    default: 0,
    deprecated: 'offset',
    description: 'Entries to skip; not together with `cursor`. Add the number of entries that were answered, not `limit`.',
  })
  offset = 0;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Where to go on: `next_cursor` of the page before.' })
  cursor?: string;
}
