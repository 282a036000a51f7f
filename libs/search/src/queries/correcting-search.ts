import { Injectable } from '@nestjs/common';
import { SearchReader } from '../persistence/search.reader.js';
import type { PlacedHit, SearchFilters } from '../persistence/search.reader.js';
import { SimilarWordsReader } from '../persistence/similar-words.reader.js';
import type { RegisteredSource } from '../sources/search-sources.js';
import type { SearchTerms } from '../words/search-terms.js';
import type { SearchStart } from './search-kind/search-kind.query.js';

/** Fewer hits than these may come from a typing error. */
const TOO_FEW = 3;

/** Hits, and the words by which they were found. */
export interface Found {
  readonly rows: readonly PlacedHit[];
  readonly terms: SearchTerms;
  readonly corrections: readonly string[];
}

/** Looks for the given words, and for those that may be meant when the given ones give too few hits. */
@Injectable()
export class CorrectingSearch {
  constructor(
    private readonly reader: SearchReader,
    private readonly similar: SimilarWordsReader,
  ) {}

  /**
   * Finds hits; there may be up to two more than `most`.
   *
   * @param start - where a walk goes on; its words are those of the first page, so that nothing is found twice
   * @param enough - how many of the newest are enough
   */
  async find(
    source: RegisteredSource,
    given: SearchTerms,
    filters: SearchFilters,
    most: number,
    start: SearchStart | undefined,
    enough = most,
  ): Promise<Found> {
    const terms = start?.terms ?? given;
    // Whether hits are too few must not depend on the size of the page.
    const sizes = [Math.max(most, TOO_FEW), Math.max(enough, TOO_FEW)] as const;
    const rows = await this.reader.find(source, terms, filters, start?.place, ...sizes);
    if (start !== undefined) return { rows, terms, corrections: correctionsIn(terms) };
    if (rows.length >= TOO_FEW) return { rows, terms, corrections: [] };
    const corrected = await this.similar.correct(source.kind, given);
    if (corrected === undefined) return { rows, terms, corrections: [] };
    const more = await this.reader.find(source, corrected, filters, undefined, ...sizes);
    return more.length > rows.length
      ? { rows: more, terms: corrected, corrections: correctionsIn(corrected) }
      : { rows, terms, corrections: [] };
  }
}

function correctionsIn(terms: SearchTerms): readonly string[] {
  return terms.flatMap(([, ...others]) => others);
}
