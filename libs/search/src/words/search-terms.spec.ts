import { parseSearch, readTerms, writeTerms } from './search-terms.js';

describe(parseSearch.name, () => {
  it('takes 16 different words, repeated as often as one likes', () => {
    const words = Array.from({ length: 16 }, (_, n) => `w${String(n)}`);
    expect(parseSearch([...words, ...words].join(' '))).toEqual(words.map((word) => [word]));
  });

  it('refuses a seventeenth word, and names the parameter', () => {
    const q = Array.from({ length: 17 }, (_, n) => `w${String(n)}`).join(' ');
    expect(() => parseSearch(q)).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ pointer: 'q', code: 'TOO_LONG' })] }) as Error,
    );
  });
});

describe(readTerms.name, () => {
  it('gives back what a cursor carries', () => {
    const terms = [['plumbng', 'plumbing'], ['acme']];
    expect(readTerms(writeTerms(terms))).toEqual(terms);
  });
});
