import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { SearchSources } from '../../sources/search-sources.js';
import type { RegisteredSource } from '../../sources/search-sources.js';
import { rankOf } from '../../words/rank.js';
import { parseSearch } from '../../words/search-terms.js';
import type { SearchTerms } from '../../words/search-terms.js';
import { CorrectingSearch } from '../correcting-search.js';
import { SearchEverything } from './search-everything.query.js';
import type { GlobalHit, GlobalHits } from './search-everything.query.js';

/** So many of the newest hits of a kind are ranked, or fewer: a common word must not rank every row that has it. */
const RANKED = 100;

@QueryHandler(SearchEverything)
export class SearchEverythingHandler implements IQueryHandler<SearchEverything> {
  constructor(
    private readonly sources: SearchSources,
    private readonly search: CorrectingSearch,
  ) {}

  async execute({ q, limit, scopes }: SearchEverything): Promise<GlobalHits> {
    const given = parseSearch(q);
    const sources = this.sources.all();
    const readable = sources.filter(({ permission }) => scopes.has(permission));
    const hits = await Promise.all(readable.map((source) => this.best(source, q, given, limit)));
    return {
      hits: new Map(readable.map(({ kind }, n) => [kind, hits[n] ?? []])),
      leftOut: sources.filter((source) => !readable.includes(source)).map(({ kind }) => kind),
    };
  }

  private async best(source: RegisteredSource, q: string, given: SearchTerms, limit: number): Promise<readonly GlobalHit[]> {
    const { rows, terms } = await this.search.find(source, given, {}, RANKED, undefined, limit);
    return rows
      .map((row) => ({ id: row.key_id, ...source.source.describe(row) }))
      .map((hit, n) => ({ hit, rank: rankOf(hit.title, q, terms), n }))
      .sort((a, b) => b.rank - a.rank || a.n - b.n)
      .slice(0, limit)
      .map(({ hit }) => hit);
  }
}
