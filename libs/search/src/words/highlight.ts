import type { SearchTerms } from './search-terms.js';
import { placedWords } from './search-words.js';

/** A part of a text; `match` says whether it is a word that was found. */
export interface Fragment {
  readonly text: string;
  readonly match: boolean;
}

/** Characters (UTF-16 units) of a long text that are shown around the first found word. */
const BEFORE = 60;
const SHOWN = 200;
/** Beyond it nothing is looked for. */
const MOST = 20_000;

/** Parts a text into found words and what stands between them; undefined when none of the words is in it. */
export function highlight(given: string, terms: SearchTerms): readonly Fragment[] | undefined {
  const text = given.slice(0, MOST);
  const found = placedWords(text).filter(({ word }) => terms.some((group) => group.some((begin) => word.startsWith(begin))));
  const [first] = found;
  if (first === undefined) return undefined;
  const start = text.length <= SHOWN ? 0 : wholeCharacter(text, Math.max(0, first.from - BEFORE));
  const end = text.length <= SHOWN ? text.length : wholeCharacter(text, Math.min(text.length, Math.max(start + SHOWN, first.to)));
  const fragments: Fragment[] = [];
  let at = start;
  for (const { from, to } of found) {
    if (to > end) break;
    if (from > at) fragments.push({ text: text.slice(at, from), match: false });
    fragments.push({ text: text.slice(from, to), match: true });
    at = to;
  }
  if (at < end) fragments.push({ text: text.slice(at, end), match: false });
  return fragments;
}

/** A cut between the two units of one character would leave half of it. */
function wholeCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
