import { rankOf } from './rank.js';
import { parseSearch } from './search-terms.js';

describe(rankOf.name, () => {
  it('prefers the whole title, then its beginning, then whole words, then beginnings of words', () => {
    const titles = ['Acme', 'Acme Plumbing', 'The Acme', 'The Acmes', 'Other'];
    expect(titles.map((title) => rankOf(title, 'ACME', parseSearch('ACME')))).toEqual([4, 3, 2, 1, 0]);
  });
});
