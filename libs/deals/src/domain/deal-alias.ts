import { foldText } from '#zakops/kernel';

/** What kind of name an alias is. */
export const ALIAS_TYPES = [
  'listing_id',
  'listing_number',
  'company_name',
  'dba_name',
  'name_variation',
  'subject_keywords',
  'location_sector',
  'broker_thread',
  'email_hash',
] as const;

/** One of the kinds of alias. */
export type AliasType = (typeof ALIAS_TYPES)[number];

/** Another name by which mail about a deal is recognised. */
export interface DealAlias {
  readonly id: string;
  readonly alias: string;
  /** One of {@link ALIAS_TYPES}; adopted data may hold another text. */
  readonly aliasType: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Who or what found it, for example `api`. */
  readonly source: string;
}

/** An alias with the time at which it was added. */
export interface RecordedAlias extends DealAlias {
  readonly createdAt: Date;
}

/** Aliases are the same when their kind is and their texts are, folded. The unique index of the table says the same. */
export function isSameAlias(one: Pick<DealAlias, 'alias' | 'aliasType'>, other: Pick<DealAlias, 'alias' | 'aliasType'>): boolean {
  return one.aliasType === other.aliasType && foldText(one.alias) === foldText(other.alias);
}
