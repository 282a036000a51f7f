import fc from 'fast-check';
import { searchWords } from './search-words.js';

describe(searchWords.name, () => {
  it.each<[string, readonly string[]]>([
    ['Café', ['cafe']],
    ['CAFE\u0301', ['cafe']],
    ['Łódź Størm Æther', ['lodz', 'storm', 'aether']],
    ["O'Brien & Söhne, R&D", ['o', 'brien', 'sohne', 'r', 'd']],
    ['acme-plumbing acme', ['acme', 'plumbing']],
    ['%\\_&|!*:()<>"', []],
    ['🚀', []],
    ['שָׁלוֹם', ['שלום']],
  ])('reads %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('gives words that stay as they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(searchWords(searchWords(text).join(' '))).toEqual(searchWords(text));
      }),
    );
  });
});
