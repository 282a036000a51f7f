import { InputError } from '#zakops/http';
import fc from 'fast-check';
import { chooseCorrections, editDistance, mayBeMisspelled } from './corrections.js';
import { highlight } from './highlight.js';
import { rankOf } from './rank.js';
import { parseSearch, readTerms, writeTerms } from './search-terms.js';
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

describe(parseSearch.name, () => {
  it('refuses more words than an index can look up cheaply, and names the parameter', () => {
    const words = Array.from({ length: 17 }, (_, n) => `w${String(n)}`);
    expect(parseSearch(words.slice(1).join(' '))).toHaveLength(16);
    expect(() => parseSearch(words.join(' '))).toThrow(InputError);
  });

  it('is carried by a cursor as it is', () => {
    const terms = [['plumbng', 'plumbing'], ['acme']];
    expect(readTerms(writeTerms(terms))).toEqual(terms);
  });
});

describe(chooseCorrections.name, () => {
  it.each([
    ['plumbng', 'plumbing'],
    ['plubming', 'plumbing'],
    ['acmee', 'acme'],
    ['restuarant', 'restaurant'],
    ['manufactring', 'manufacturing'],
    ['resturan', 'restaurants'],
  ])('finds what %s means', (word, meant) => {
    expect(chooseCorrections(word, ['holdings', meant])).toEqual([meant]);
  });

  it('leaves numbers, codes and short words, and proposes no word that is found anyway', () => {
    expect(['000123', 'ab12', 'abc', 'plumbng'].filter(mayBeMisspelled)).toEqual(['plumbng']);
    expect(chooseCorrections('plumb', ['plumbing'])).toEqual([]);
    expect(editDistance('abcd', 'acbd')).toBe(1);
  });
});

describe(highlight.name, () => {
  it('marks whole words as they are written', () => {
    expect(highlight('Le CAFE\u0301-Bar', parseSearch('caf'))).toEqual([
      { text: 'Le ', match: false },
      { text: 'CAFE\u0301', match: true },
      { text: '-Bar', match: false },
    ]);
    expect(highlight('Acme', parseSearch('plumbing'))).toBeUndefined();
  });

  it('shows the surroundings of the first word of a long text, and halves no character', () => {
    const fragments = highlight(`${'🚀'.repeat(400)} needle ${'🚀'.repeat(400)}`, parseSearch('needle')) ?? [];
    const text = fragments.map((fragment) => fragment.text).join('');
    expect(text).toContain('needle');
    expect(text.length).toBeLessThan(220);
    expect(() => encodeURIComponent(text)).not.toThrow();
  });
});

describe(rankOf.name, () => {
  it('prefers the whole title, then its beginning, then whole words, then beginnings of words', () => {
    const titles = ['Acme', 'Acme Plumbing', 'The Acme', 'The Acmes', 'Other'];
    expect(titles.map((title) => rankOf(title, 'ACME', parseSearch('ACME')))).toEqual([4, 3, 2, 1, 0]);
  });
});
