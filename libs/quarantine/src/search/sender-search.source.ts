import { ContributesSearch } from '#zakops/search';
import type { HitRow, SearchFilter, SearchSource } from '#zakops/search';
import { Injectable } from '@nestjs/common';

/** How senders are found by words. */
@Injectable()
@ContributesSearch({ kind: 'senders', permission: 'quarantine:read' })
export class SenderSearchSource implements SearchSource {
  readonly table = 'zakops.sender_profiles';
  readonly id = 'id';
  readonly idType = 'uuid';
  readonly at = 'created_at';
  readonly visible = 'true';
  readonly columns = {
    id: 'b.id',
    email: 'b.email',
    name: 'b.name',
    company: 'b.company',
    sender_type: 'b.sender_type',
    is_broker: 'b.is_broker',
    created_at: 'b.created_at',
  };
  readonly filters: Readonly<Record<string, SearchFilter>> = {};
  readonly highlighted = ['name', 'company', 'email'];

  describe(row: HitRow): { title: string; subtitle: string } {
    return {
      title: String(row['name'] ?? row['email']),
      subtitle: [row['company'], row['email']].filter((part) => typeof part === 'string').join(', '),
    };
  }
}
