import { firstCharacters } from '#zakops/kernel';
import { ContributesSearch } from '#zakops/search';
import type { HitRow, SearchFilter, SearchSource } from '#zakops/search';
import { Injectable } from '@nestjs/common';

/** How notes of deals are found by words. */
@Injectable()
@ContributesSearch({ kind: 'notes', permission: 'deals:read' })
export class NoteSearchSource implements SearchSource {
  readonly table = 'zakops.deal_notes';
  readonly id = 'id';
  readonly idType = 'uuid';
  readonly at = 'created_at';
  readonly visible = 'b.deleted_at IS NULL AND EXISTS (SELECT FROM zakops.deals d WHERE d.deal_id = b.deal_id AND NOT d.deleted)';
  readonly columns = {
    id: 'b.id',
    deal_id: 'b.deal_id',
    // A fragment is enough for a list of hits.
    content: 'left(b.content, 2000)',
    category: 'b.category',
    author: 'b.author',
    created_at: 'b.created_at',
  };
  readonly filters: Readonly<Record<'deal_id', SearchFilter>> = { deal_id: { column: 'b.deal_id' } };
  readonly highlighted = ['content', 'category'];

  describe(row: HitRow): { title: string; subtitle: string } {
    const content = String(row['content']);
    return { title: firstCharacters(content, TITLE), subtitle: `${String(row['deal_id'])}, ${String(row['author'])}` };
  }
}

const TITLE = 80;
