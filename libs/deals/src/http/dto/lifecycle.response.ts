import { ArrayField, EnumField, IntegerField, ObjectField, StringField } from '#zakops/http';
import type { ArchivedItem } from '../../commands/archive-deals/archive-deals.command.js';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';
import { DealResponse, toDealResponse } from './deal.response.js';

const OUTCOMES = ['archived', 'unchanged', 'failed'] as const;

/** What became of one deal of a bulk call. */
export class ArchivedItemResponse {
  @StringField({ example: 'DEAL-000001' })
  deal_id!: string;

  @EnumField(OUTCOMES, 'ArchiveOutcome', { description: '`unchanged`: it was archived already.' })
  outcome!: (typeof OUTCOMES)[number];

  @StringField({ nullable: true, description: 'The problem code; null unless `failed`.', example: 'DEAL_NOT_FOUND' })
  code!: string | null;

  @StringField({ nullable: true })
  detail!: string | null;
}

/** What became of the deals of a bulk call. */
export class ArchiveDealsResponse {
  @IntegerField({ min: 0 })
  archived!: number;

  @IntegerField({ min: 0 })
  unchanged!: number;

  @IntegerField({ min: 0 })
  failed!: number;

  @ArrayField(() => ArchivedItemResponse, { description: 'In the order of the request.' })
  results!: ArchivedItemResponse[];
}

/** The result of a merge. */
export class MergeDealResponse {
  @StringField({ example: 'DEAL-000002', description: 'The deal that ended.' })
  deal_id!: string;

  @StringField({ example: 'DEAL-000001' })
  merged_into!: string;

  @ObjectField(() => DealResponse, { description: 'The deal that goes on.' })
  deal!: DealResponse;
}

/** From the results to the wire. */
export function toArchiveDealsResponse(items: readonly ArchivedItem[]): ArchiveDealsResponse {
  const count = (outcome: string): number => items.filter((item) => item.outcome === outcome).length;
  return {
    archived: count('archived'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    results: items.map(({ dealId, outcome, code, detail }) => ({ deal_id: dealId, outcome, code, detail })),
  };
}

/** From the result to the wire. */
export function toMergeDealResponse(dealId: string, survivor: DealSnapshot): MergeDealResponse {
  return { deal_id: dealId, merged_into: survivor.dealId, deal: toDealResponse(survivor) };
}
