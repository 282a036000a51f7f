import { ContributesSearch } from '#zakops/search';
import type { HitRow, SearchFilter, SearchSource } from '#zakops/search';
import { Injectable } from '@nestjs/common';

/** How parked mail is found by words. */
@Injectable()
@ContributesSearch({ kind: 'quarantine', permission: 'quarantine:read' })
export class QuarantineSearchSource implements SearchSource {
  readonly table = 'zakops.quarantine_items';
  readonly id = 'id';
  readonly idType = 'uuid';
  readonly at = 'created_at';
  readonly visible = 'NOT b.hidden AND b.duplicate_of IS NULL';
  readonly columns = {
    id: 'b.id',
    email_subject: 'b.email_subject',
    sender: 'b.sender',
    sender_name: 'b.sender_name',
    sender_company: 'b.sender_company',
    company_name: 'b.company_name',
    broker_name: 'b.broker_name',
    status: 'b.status',
    created_at: 'b.created_at',
  };
  readonly filters: Readonly<Record<'status', SearchFilter>> = {
    status: { column: 'b.status', values: ['pending', 'approved', 'rejected', 'expired', 'discarded'] },
  };
  readonly highlighted = ['email_subject', 'company_name', 'broker_name', 'sender_name', 'sender_company', 'sender'];

  describe(row: HitRow): { title: string; subtitle: string } {
    const title = row['email_subject'] ?? row['company_name'] ?? row['sender'] ?? row['id'];
    return { title: String(title), subtitle: [row['sender'], row['status']].filter((part) => typeof part === 'string').join(', ') };
  }
}
