import { DateField, EnumField, ObjectField, StringField } from '#zakops/http';
import { DEAL_STATUSES } from '../../domain/deal-status.js';
import type { DealStatus } from '../../domain/deal-status.js';
import { CompanyInfo, DealBroker, DealIdentifiers, DealMetadata } from './deal-documents.js';

/** The fields that opening and updating a deal have in common; none of them is required. */
export class DealFieldsRequest {
  @StringField({ optional: true, nullable: true, max: 200, example: 'Acme Plumbing' })
  display_name?: string | null;

  @StringField({ optional: true, nullable: true, max: 1_024 })
  folder_path?: string | null;

  @EnumField(DEAL_STATUSES, 'DealStatus', { optional: true, description: 'A new deal is active when not given.' })
  status?: DealStatus;

  @ObjectField(() => DealIdentifiers, { optional: true })
  identifiers?: DealIdentifiers;

  @ObjectField(() => CompanyInfo, { optional: true })
  company_info?: CompanyInfo;

  @ObjectField(() => DealBroker, { optional: true })
  broker?: DealBroker;

  @ObjectField(() => DealMetadata, { optional: true })
  metadata?: DealMetadata;

  @StringField({ optional: true, nullable: true, max: 500, description: 'What has to be done next.', example: 'call the broker' })
  next_step?: string | null;

  @DateField({
    optional: true,
    nullable: true,
    description: 'Due day of the next step. An active deal is in the alerts once the day (UTC) is over.',
  })
  next_step_at?: string | null;
}
