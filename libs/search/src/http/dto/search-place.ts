import { CURSOR_RULES, stringRule } from '#zakops/http';
import type { ValueRule } from '#zakops/http';
import type { SearchStart } from '../../queries/search-kind/search-kind.query.js';
import { readTerms, writeTerms } from '../../words/search-terms.js';

/** Groups of words, separated by blanks, and words of a group by bars. */
const terms = stringRule({ max: 2_000, pattern: /^[\p{L}\p{N}\p{M}| ]*$/u, patternHint: 'must be words' });

/** What the members of a cursor of a search may be. */
export const SEARCH_PLACE_RULES = {
  uuid: { id: CURSOR_RULES.uuid, ts: CURSOR_RULES.instant, terms },
  text: { id: CURSOR_RULES.textId, ts: CURSOR_RULES.instant, terms },
} satisfies Record<string, Record<string, ValueRule>>;

type SearchPlaceKey = Readonly<Record<'id' | 'ts' | 'terms', string>>;

/** Makes the start of a page of a cursor's members. */
export function toSearchStart({ id, ts, terms: words }: SearchPlaceKey): SearchStart {
  return { place: { id, at: ts }, terms: readTerms(words) };
}

/** Makes the members of a cursor. */
export function toPlaceKey({ place, terms: words }: SearchStart): SearchPlaceKey {
  return { id: place.id, ts: place.at, terms: writeTerms(words) };
}
