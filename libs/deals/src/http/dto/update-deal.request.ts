import { JsonField, StringField } from '#zakops/http';
import { DealFieldsRequest } from './deal-fields.request.js';

/** What `PATCH /api/deals/{id}` takes: at least one field. A given field replaces the stored one as a whole. */
export class UpdateDealRequest extends DealFieldsRequest {
  @StringField({ max: 200, notBlank: true, optional: true })
  canonical_name?: string;

  // Declared, so that the answer can say where a stage is changed.
  @JsonField({ optional: true, nullable: true, deprecated: 'stageOfDeal', description: 'Refused with 422.' })
  stage?: unknown;
}
