import { chooseCorrections, editDistance, mayBeMisspelled } from './corrections.js';

describe(chooseCorrections.name, () => {
  it.each([
    ['plumbng', 'plumbing'],
    ['plubming', 'plumbing'],
    ['acmee', 'acme'],
    ['restuarant', 'restaurant'],
    ['manufactring', 'manufacturing'],
    ['resturan', 'restaurants'],
  ])('takes %s for %s', (word, meant) => {
    expect(chooseCorrections(word, ['holdings', meant])).toEqual([meant]);
  });

  it('proposes no word that the given one begins, and none with more errors than allowed', () => {
    expect(chooseCorrections('plumb', ['plumbing', 'plaaab'])).toEqual([]);
  });
});

describe(mayBeMisspelled.name, () => {
  it('takes numbers, codes and short words as they are', () => {
    expect(['000123', 'ab12', 'abc', 'plumbng'].filter(mayBeMisspelled)).toEqual(['plumbng']);
  });
});

describe(editDistance.name, () => {
  it.each([
    ['abcd', 'abcd', 0],
    ['abcd', 'abxd', 1],
    ['abcd', 'abd', 1],
    ['abcd', 'abxcd', 1],
    ['abcd', 'acbd', 1],
    ['abcd', 'badc', 2],
  ])('from %s to %s is %d', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });
});
