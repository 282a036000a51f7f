import { ContributesSearch } from '#zakops/search';
import type { HitRow, SearchFilter, SearchSource } from '#zakops/search';
import { Injectable } from '@nestjs/common';
import { DEAL_STATUSES } from '../domain/deal-status.js';

/** How deals are found by words. */
@Injectable()
@ContributesSearch({ kind: 'deals', permission: 'deals:read' })
export class DealSearchSource implements SearchSource {
  readonly table = 'zakops.deals';
  readonly id = 'deal_id';
  readonly idType = 'text';
  readonly at = 'updated_at';
  readonly visible = 'NOT b.deleted';
  readonly columns = {
    deal_id: 'b.deal_id',
    canonical_name: 'b.canonical_name',
    display_name: 'b.display_name',
    company_name: `b.company_info ->> 'company_name'`,
    stage: 'b.stage',
    status: 'b.status',
    created_at: 'b.created_at',
    updated_at: 'b.updated_at',
  };
  readonly filters: Readonly<Record<'stage' | 'status', SearchFilter>> = {
    stage: { column: 'b.stage', isIndexed: true },
    status: { column: 'b.status', values: DEAL_STATUSES },
  };
  readonly highlighted = ['canonical_name', 'display_name', 'company_name'];

  describe(row: HitRow): { title: string; subtitle: string } {
    const title = row['display_name'] ?? row['canonical_name'];
    return { title: String(title), subtitle: [row['company_name'], row['stage']].filter((part) => typeof part === 'string').join(', ') };
  }
}
