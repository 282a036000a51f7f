import { InputError } from '#zakops/http';
import { searchWords } from './search-words.js';

/** Each word costs a look into the index. */
const MOST_WORDS = 16;

/** What is looked for: a hit has, for each group, a word that begins with one of its members. */
export type SearchTerms = readonly (readonly string[])[];

/**
 * Reads what a caller looks for. Everything but letters and digits separates words.
 *
 * @returns no group for a text without letters and digits: nothing is found by it
 * @throws InputError (400 `VALIDATION_ERROR`, pointing at `q`) for more than 16 different words
 */
export function parseSearch(q: string): SearchTerms {
  const words = searchWords(q);
  if (words.length > MOST_WORDS) {
    throw new InputError([{ pointer: 'q', detail: `must have at most ${String(MOST_WORDS)} different words`, code: 'TOO_LONG' }]);
  }
  return words.map((word) => [word]);
}

/** As `zakops.search_query` takes it. */
export function toGroups(terms: SearchTerms): string[] {
  return terms.map((group) => group.join('|'));
}

/** As a cursor carries it: a walk keeps to the corrections of its first page. */
export function writeTerms(terms: SearchTerms): string {
  return toGroups(terms).join(' ');
}

/** Reads {@link writeTerms} back. */
export function readTerms(text: string): SearchTerms {
  return text.split(' ').map((group) => group.split('|'));
}
