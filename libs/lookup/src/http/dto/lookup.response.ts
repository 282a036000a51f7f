import { ArrayField, EnumField, StringField } from '#zakops/http';
import { LOOKUP_KINDS } from '../../sources/lookup-source.js';
import type { LookupKind } from '../../sources/lookup-source.js';

/** The query string of a lookup. */
export class LookupParams {
  @StringField({ min: 1, max: 200, description: 'An id, as a whole.', example: 'DEAL-000001' })
  q!: string;
}

/** One thing that has the id. */
export class LookupHitResponse {
  @EnumField(LOOKUP_KINDS, 'LookupKind')
  kind!: LookupKind;

  @StringField({ example: 'DEAL-000001' })
  id!: string;

  @StringField({ description: 'What it is, for people.', example: 'Acme Plumbing' })
  title!: string;

  @StringField({ description: 'The path of this API that shows it.', example: '/api/deals/DEAL-000001' })
  path!: string;
}

/** What an id is. */
export class LookupResponse {
  @StringField({ example: 'DEAL-000001' })
  q!: string;

  @ArrayField(() => LookupHitResponse, { description: 'Empty when nothing has the id. At most five of a kind.' })
  hits!: LookupHitResponse[];
}
