import { IntegerField, StringField } from '../fields/fields.js';

/** The parameters of every list: `limit` (1 to 200, default 50) and `cursor`. Lists extend it by their filters. */
export class PageQuery {
  @IntegerField({ min: 1, max: 200, optional: true, default: 50, description: 'The most items to answer.' })
  limit = 50;

  @StringField({ min: 1, max: 2_000, optional: true, description: 'Where to go on: the `X-Next-Cursor` of the page before.' })
  cursor?: string;
}
