import { foldText } from '#zakops/kernel';

const MARKS =
  /[\u0300-\u036F\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u064B-\u065F\u0670\u1AB0-\u1AFF\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u2069\u20D0-\u20FF\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF]+/gu;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const LETTERS: Readonly<Record<string, string>> = { ø: 'o', đ: 'd', ł: 'l', ı: 'i', ħ: 'h', ŧ: 't', æ: 'ae', œ: 'oe', þ: 'th' };
const LETTER = /[øđłıħŧæœþ]/g;

/** A text as it is searched: folded and without accents. The function `zakops.search_form` of the database does the same. */
export function searchForm(text: string): string {
  return foldText(text)
    .normalize('NFKD')
    .replace(MARKS, '')
    .normalize('NFKC')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter);
}

/** The different words of a text in its search form: runs of letters and digits, in the order in which they come. */
export function searchWords(text: string): readonly string[] {
  return [...new Set(searchForm(text).match(WORD) ?? [])];
}

/** A word of a text, and where it stands. */
export interface PlacedWord {
  /** In its search form. */
  readonly word: string;
  /** UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** The words of a text as it is shown. */
export function placedWords(text: string): readonly PlacedWord[] {
  return [...text.matchAll(WORD)].map((match) => ({
    word: searchForm(match[0]),
    from: match.index,
    to: match.index + match[0].length,
  }));
}
