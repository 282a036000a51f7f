import { DEAL_STAGES } from '#zakops/contracts';
import type { DealStage } from '#zakops/contracts';
import { EnumField, StringField } from '#zakops/http';
import { DealFieldsRequest } from './deal-fields.request.js';

/** What `POST /api/deals` takes. */
export class CreateDealRequest extends DealFieldsRequest {
  @StringField({ max: 200, notBlank: true, example: 'acme-plumbing' })
  canonical_name!: string;

  @EnumField(DEAL_STAGES, 'DealStage', { optional: true, default: 'inbound', description: 'One that is not final.' })
  stage: DealStage = 'inbound';
}
