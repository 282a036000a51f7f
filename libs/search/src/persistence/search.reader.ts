import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { HitRow } from '../sources/search-source.js';
import type { RegisteredSource } from '../sources/search-sources.js';
import { toGroups } from '../words/search-terms.js';
import type { SearchTerms } from '../words/search-terms.js';
import { searchStatements } from './search-statements.js';
import type { SearchStatements } from './search-statements.js';

/** A hit, and where it stands in the list. */
export type PlacedHit = HitRow & { readonly key_id: string; readonly key_at: string };

/** The place behind which a page begins. */
export interface SearchPlace {
  readonly at: string;
  readonly id: string;
}

/** What hits are narrowed to: names of the source's filters, each with its value. */
export type SearchFilters = Readonly<Record<string, string | undefined>>;

/** Reads hits, newest first. */
@Injectable()
export class SearchReader {
  readonly #statements = new Map<string, SearchStatements>();

  constructor(private readonly database: Database) {}

  /**
   * @param most - how many are given at most
   * @param enough - how many are enough when they are the newest ones; `most` for a page of a walk
   */
  async find(
    source: RegisteredSource,
    terms: SearchTerms,
    filters: SearchFilters,
    place: SearchPlace | undefined,
    most: number,
    enough = most,
  ): Promise<readonly PlacedHit[]> {
    if (terms.length === 0) return [];
    const given = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const statements = this.statementsOf(source, given.map(([name]) => name).sort());
    const values = [...given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
    const parameters = [toGroups(terms), place?.at ?? null, place?.id ?? null, most, ...values];
    const newest = await this.database.query<PlacedHit>(statements.newest, parameters);
    if (newest.length >= enough) return newest;
    const rare = await this.database.query<PlacedHit & { readonly is_cut: boolean }>(statements.rare, parameters);
    if (rare[0]?.is_cut !== true) return rare.filter(({ key_id }: { readonly key_id: string | null }) => key_id !== null);
    const newer = await this.database.query<PlacedHit>(statements.newer, parameters);
    return newer.length >= enough ? newer : this.database.query<PlacedHit>(statements.all, parameters);
  }

  private statementsOf(source: RegisteredSource, filters: readonly string[]): SearchStatements {
    // As many as there are sets of filters of the sources.
    const name = [source.kind, ...filters].join(' ');
    const statements = this.#statements.get(name) ?? searchStatements(source, filters);
    this.#statements.set(name, statements);
    return statements;
  }
}
