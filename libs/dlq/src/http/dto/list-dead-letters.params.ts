import { EnumField, IntegerField, StringField } from '#zakops/http';
import type { DeadLetterFields } from '../../dead-letter.view.js';
import { DeadLetterFilterParams } from './dead-letter-filter.params.js';

/** The parameters of the list of dead letters. */
export class ListDeadLettersParams extends DeadLetterFilterParams {
  @EnumField(['all', 'summary'], 'DeadLetterFields', {
    optional: true,
    default: 'all',
    description: '`summary` leaves the payloads out, which may be large.',
  })
  fields: DeadLetterFields = 'all';

  @IntegerField({
    min: 1,
    max: 1_000,
    optional: true,
    default: 100,
    description:
      'The most dead letters of a page. A page of large ones may be shorter, and the last page empty: the list ends where `next_cursor` is null.',
  })
  limit = 100;

  @IntegerField({
    min: 0,
    max: 1_000_000,
    optional: true,
    default: 0,
    deprecated: 'offset',
    description: 'Dead letters to skip; not together with `cursor`. Add the number that was answered, not `limit`.',
  })
  offset = 0;

  @StringField({ min: 1, max: 2_000, optional: true, description: '`next_cursor` of the page before.' })
  cursor?: string;
}
