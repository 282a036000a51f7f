import { IntegerField, PageQuery } from '#zakops/http';

/** Paging of a list that is short as a rule: all of it, up to 200, unless asked otherwise. */
export class WholeListParams extends PageQuery {
  @IntegerField({ min: 1, max: 200, optional: true, default: 200, description: 'The most items to answer.' })
  override limit = 200;
}
