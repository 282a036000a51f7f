import { InputError } from '#zakops/http';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { CorrectingSearch } from '../correcting-search.js';
import type { SearchFilters } from '../../persistence/search.reader.js';
import { SearchSources } from '../../sources/search-sources.js';
import type { RegisteredSource } from '../../sources/search-sources.js';
import { parseSearch } from '../../words/search-terms.js';
import { highlightsOf } from '../highlights-of.js';
import { SearchOfKind } from './search-kind.query.js';
import type { HitPage } from './search-kind.query.js';

@QueryHandler(SearchOfKind)
export class SearchOfKindHandler implements IQueryHandler<SearchOfKind> {
  constructor(
    private readonly sources: SearchSources,
    private readonly search: CorrectingSearch,
  ) {}

  async execute({ kind, q, filters, limit, start }: SearchOfKind): Promise<HitPage> {
    const source = this.sources.get(kind);
    requireKnownValues(source, filters);
    const given = parseSearch(q);
    const { rows, terms, corrections } = await this.search.find(source, given, filters, limit + 1, start);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return {
      hits: shown.map((row) => ({ row, highlights: highlightsOf(row, source.source.highlighted, terms) })),
      next: isMore ? { place: { at: last.key_at, id: last.key_id }, terms } : null,
      corrections,
    };
  }
}

/** An unknown word would find nothing, and nobody would see why. */
function requireKnownValues({ source }: RegisteredSource, filters: SearchFilters): void {
  const faults = Object.entries(filters).flatMap(([name, value]) => {
    const values = source.filters[name]?.values;
    return value === undefined || values === undefined || values.includes(value)
      ? []
      : [{ pointer: name, detail: `must be one of ${values.join(', ')}`, code: 'NOT_ALLOWED' }];
  });
  if (faults.length > 0) throw new InputError(faults);
}
