import type { HitRow } from '../sources/search-source.js';
import { highlight } from '../words/highlight.js';
import type { Fragment } from '../words/highlight.js';
import type { SearchTerms } from '../words/search-terms.js';

/** The fields of a hit in which words were found, each in fragments. */
export function highlightsOf(row: HitRow, fields: readonly string[], terms: SearchTerms): Readonly<Record<string, readonly Fragment[]>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = row[field];
      const fragments = typeof text === 'string' ? highlight(text, terms) : undefined;
      return fragments === undefined ? [] : [[field, fragments]];
    }),
  );
}
