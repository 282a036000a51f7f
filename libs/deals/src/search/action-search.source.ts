import { ContributesSearch } from '#zakops/search';
import type { HitRow, SearchFilter, SearchSource } from '#zakops/search';
import { Injectable } from '@nestjs/common';

const ACTION_STATUSES = [
  'PENDING_APPROVAL',
  'READY',
  'QUEUED',
  'EXECUTING',
  'COMPLETED',
  'FAILED',
  'REJECTED',
  'CANCELLED',
  'EXPIRED',
] as const;

/** How actions are found by words. */
@Injectable()
@ContributesSearch({ kind: 'actions', permission: 'actions:read' })
export class ActionSearchSource implements SearchSource {
  readonly table = 'zakops.actions';
  readonly id = 'action_id';
  readonly idType = 'text';
  readonly at = 'created_at';
  readonly visible = 'true';
  readonly columns = {
    action_id: 'b.action_id',
    deal_id: 'b.deal_id',
    action_type: 'b.action_type',
    title: 'b.title',
    summary: 'b.summary',
    status: 'b.status',
    risk_level: 'b.risk_level',
    created_at: 'b.created_at',
  };
  readonly filters: Readonly<Record<'status' | 'action_type' | 'deal_id', SearchFilter>> = {
    status: { column: 'b.status', values: ACTION_STATUSES },
    action_type: { column: 'b.action_type' },
    deal_id: { column: 'b.deal_id' },
  };
  readonly highlighted = ['title', 'summary', 'action_type'];

  describe(row: HitRow): { title: string; subtitle: string } {
    return { title: String(row['title']), subtitle: `${String(row['action_type'])}, ${String(row['status'])}` };
  }
}
