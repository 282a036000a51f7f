import { StringField, UuidField } from '#zakops/http';

/** The path of a deal. */
export class DealPath {
  @StringField({ pattern: /^DEAL-\d{6,}$/, max: 23, patternHint: 'must look like DEAL-000001', example: 'DEAL-000001' })
  id!: string;
}

/** The path of one alias of a deal. */
export class AliasPath extends DealPath {
  @UuidField()
  alias_id!: string;
}
