import type { Permission } from '#zakops/auth';
import { DiscoveryService } from '@nestjs/core';

/** What can be searched; each kind has a table `zakops.search_<kind>` with the words of its rows. */
export const SEARCH_KINDS = ['deals', 'actions', 'quarantine', 'senders', 'notes'] as const;

/** One of {@link SEARCH_KINDS}. */
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** How a source is listed. */
export interface SearchSourceOptions {
  readonly kind: SearchKind;
  /** What a caller needs to read its rows. */
  readonly permission: Permission;
}

/** Marks a provider of any module as a {@link SearchSource}: `@ContributesSearch({ kind: 'deals', permission: 'deals:read' })`. */
export const ContributesSearch = DiscoveryService.createDecorator<SearchSourceOptions>();

/** A row as its columns were selected. */
export type HitRow = Readonly<Record<string, unknown>>;

/** A filter of a kind. */
export interface SearchFilter {
  /** SQL: what is compared with the given value. */
  readonly column: string;
  /** The values that there are; undefined for a free text. */
  readonly values?: readonly string[];
  /** True when an index serves the filter together with the order, so that the newest rows are narrowed first. */
  readonly isIndexed?: boolean;
}

/**
 * What a feature contributes so that its rows are found: the parts of the statement for hits. `b` is the alias of the table.
 *
 * @remarks Constants of the code, never values of a request: they become text of a statement.
 */
export interface SearchSource {
  /** SQL, for example `zakops.deals`. */
  readonly table: string;
  /** The column of the key. */
  readonly id: string;
  readonly idType: 'text' | 'uuid';
  /** The column of the instant by which hits are ordered, newest first; never null, and served by an index together with the key. */
  readonly at: string;
  /** SQL: the rows that exist for a caller. */
  readonly visible: string;
  /** SQL of what is answered: names and expressions. */
  readonly columns: Readonly<Record<string, string>>;
  readonly filters: Readonly<Record<string, SearchFilter>>;
  /** Columns that are highlighted. */
  readonly highlighted: readonly string[];
  /** How a hit is shown among others. */
  describe(row: HitRow): { readonly title: string; readonly subtitle: string };
}
