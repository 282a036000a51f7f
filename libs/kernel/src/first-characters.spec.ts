import { firstCharacters } from './first-characters.js';

describe(firstCharacters.name, () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab🛠d', 3, 'ab🛠'],
    ['🛠🛠🛠🛠', 3, '🛠🛠🛠'],
    ['🛠🛠', 2, '🛠🛠'],
    ['', 3, ''],
  ])('of %j takes %d: %j', (text, most, expected) => {
    expect(firstCharacters(text, most)).toBe(expected);
  });
});
