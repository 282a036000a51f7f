import { ArrayField, DateTimeField, IntegerField, JsonObjectField, StringField } from '#zakops/http';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

const ADOPTED = 'Deals of an adopted database may hold further or other members.';

/** A deal. */
export class DealResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @StringField({ example: 'acme-plumbing' })
  canonical_name!: string;

  @StringField({ nullable: true, example: 'Acme Plumbing' })
  display_name!: string | null;

  @StringField({ nullable: true })
  folder_path!: string | null;

  @StringField({
    description: 'One of the nine stages, or an unknown one of an adopted database until it is repaired.',
    example: 'inbound',
  })
  stage!: string;

  @StringField({ example: 'active' })
  status!: string;

  @JsonObjectField({ description: `As \`DealIdentifiers\`. ${ADOPTED}` })
  identifiers!: object;

  @JsonObjectField({ description: `As \`CompanyInfo\`. ${ADOPTED}` })
  company_info!: object;

  @JsonObjectField({ description: `As \`DealBroker\`. ${ADOPTED}` })
  broker!: object;

  @JsonObjectField({
    description: `As \`DealMetadata\`. ${ADOPTED}`,
    example: { priority: 'MEDIUM', asking_price: { amount: '1250000.00', currency: 'USD' } },
  })
  metadata!: object;

  @ArrayField('json')
  email_thread_ids!: unknown[];

  @DateTimeField()
  created_at!: string;

  @DateTimeField()
  updated_at!: string;

  @IntegerField({ min: 0, description: 'Whole days.' })
  days_since_update!: number;

  @IntegerField({ min: 0 })
  action_count!: number;

  @IntegerField({ min: 0 })
  alias_count!: number;
}

/** From the view to the wire. */
export function toDealResponse(deal: DealSnapshot): DealResponse {
  return {
    deal_id: deal.dealId,
    canonical_name: deal.canonicalName,
    display_name: deal.displayName,
    folder_path: deal.folderPath,
    stage: deal.stage,
    status: deal.status,
    identifiers: deal.identifiers,
    company_info: deal.companyInfo,
    broker: deal.broker,
    metadata: deal.metadata,
    email_thread_ids: [...deal.emailThreadIds],
    created_at: deal.createdAt.toISOString(),
    updated_at: deal.updatedAt.toISOString(),
    days_since_update: deal.daysSinceUpdate,
    action_count: deal.actionCount,
    alias_count: deal.aliasCount,
  };
}
