import { ArrayField, StringField } from '#zakops/http';
import type { GlobalHit, GlobalHits } from '../../queries/search-everything/search-everything.query.js';
import type { SearchKind } from '../../sources/search-source.js';

/** A hit of any kind. */
export class GlobalHitItem {
  @StringField({ example: 'DEAL-000001' })
  id!: string;

  @StringField({ example: 'deal' })
  type!: string;

  @StringField({ example: 'Acme Plumbing' })
  title!: string;

  @StringField({ example: 'Acme Plumbing LLC, inbound' })
  subtitle!: string;
}

/** The best hits of each kind. */
export class GlobalSearchResponse {
  @ArrayField(() => GlobalHitItem)
  deals!: GlobalHitItem[];

  @ArrayField(() => GlobalHitItem)
  actions!: GlobalHitItem[];

  @ArrayField(() => GlobalHitItem)
  quarantine!: GlobalHitItem[];

  @ArrayField(() => GlobalHitItem)
  senders!: GlobalHitItem[];

  @ArrayField(() => GlobalHitItem)
  notes!: GlobalHitItem[];

  @StringField({ description: 'What was looked for, as it was read.', example: 'acme' })
  query!: string;

  @ArrayField('string', { description: 'Kinds that the caller may not read, and that were not searched.', example: ['quarantine'] })
  left_out!: string[];
}

/** From the view to the wire. */
export function toGlobalSearchResponse({ hits, leftOut }: GlobalHits, query: string): GlobalSearchResponse {
  const of = (kind: SearchKind, type: string): GlobalHitItem[] => (hits.get(kind) ?? []).map((hit) => toItem(hit, type));
  return {
    deals: of('deals', 'deal'),
    actions: of('actions', 'action'),
    quarantine: of('quarantine', 'quarantine'),
    senders: of('senders', 'sender'),
    notes: of('notes', 'note'),
    query,
    left_out: [...leftOut],
  };
}

function toItem({ id, title, subtitle }: GlobalHit, type: string): GlobalHitItem {
  return { id, type, title, subtitle };
}
