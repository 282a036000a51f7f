import { IntegerField, StringField } from '../fields/fields.js';

/** Of a `limit`: pages are bounded by bytes, too, so that their length tells nothing about the end of the list. */
export const LIMIT_DESCRIPTION =
  'The most items to answer. A page of large items may be shorter, and the last one empty: the list ends where `X-Next-Cursor` is missing.';

/** Of an `offset`. */
export const OFFSET_DESCRIPTION = 'Items to skip. Add the number of items that were answered, not `limit`.';

/** Of a list by `cursor` whose rows keep their places. */
export const WALK_OF_FIXED_PLACES = 'A walk by `cursor` misses nothing and repeats nothing: what is in the list keeps its place.';

/** Of a list by `offset` whose rows change places. */
export const WALK_BY_OFFSET = 'A walk by `offset` may miss and repeat what changes its place meanwhile.';

/** The parameters of every list: `limit` (1 to 200, default 50) and `cursor`. Lists extend it by their filters. */
export class PageQuery {
  @IntegerField({ min: 1, max: 200, optional: true, default: 50, description: LIMIT_DESCRIPTION })
  limit = 50;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Where to go on: the `X-Next-Cursor` of the page before.' })
  cursor?: string;
}
