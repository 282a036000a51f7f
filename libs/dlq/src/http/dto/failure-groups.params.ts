import { IntegerField, StringField } from '#zakops/http';
import { DeadLetterFilterParams } from './dead-letter-filter.params.js';

/** The parameters of the list of failure groups. */
export class ListFailureGroupsParams extends DeadLetterFilterParams {
  @IntegerField({ min: 1, max: 200, optional: true, default: 50, description: 'The most groups of a page.' })
  limit = 50;

  @StringField({ min: 1, max: 2_000, optional: true, description: '`next_cursor` of the page before.' })
  cursor?: string;
}
