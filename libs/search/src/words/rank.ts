import type { SearchTerms } from './search-terms.js';
import { searchForm, searchWords } from './search-words.js';

/** How well a title answers a search, 0 to 4: the whole title, its beginning, whole words, beginnings of words, or only other fields. */
export function rankOf(title: string, q: string, terms: SearchTerms): number {
  const wanted = searchWords(q).join(' ');
  const words = searchWords(title);
  const whole = words.join(' ');
  if (whole === wanted || searchForm(title) === searchForm(q)) return 4;
  if (`${whole} `.startsWith(`${wanted} `)) return 3;
  if (terms.every((group) => group.some((word) => words.includes(word)))) return 2;
  if (terms.every((group) => group.some((begin) => words.some((word) => word.startsWith(begin))))) return 1;
  return 0;
}
