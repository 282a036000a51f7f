import { bodyTag, namesTag, readTags, toETag, versionOf } from './entity-tag.js';

const strong = (opaque: string): object => ({ isWeak: false, opaque });

describe(readTags.name, () => {
  it.each([
    ['any', ' * ', '*'],
    ['one tag', '"a"', [strong('"a"')]],
    ['an empty tag', '""', [strong('""')]],
    ['a weak tag', 'W/"a"', [{ isWeak: true, opaque: '"a"' }]],
    ['a list', '"a" ,\t"b"', [strong('"a"'), strong('"b"')]],
    ['a comma inside of a tag', '"a,b","c"', [strong('"a,b"'), strong('"c"')]],
    ['empty elements', ', "a",, "b" ,', [strong('"a"'), strong('"b"')]],
    ['every character of a tag', '"!#~\x80ÿ\\"', [strong('"!#~\x80ÿ\\"')]],
    ['nothing', '', []],
    ['a tag without quotes', '3', undefined],
    ['a tag that does not end', '"a", "b', undefined],
    ['a small w', 'w/"a"', undefined],
    ['two tags without a comma', '"a" "b"', undefined],
    ['a star in a list', '*, "a"', undefined],
  ])('reads %s', (_, header, tags) => {
    expect(readTags(header)).toEqual(tags);
  });

  it('reads long lists of spaces and commas in one go', () => {
    expect(readTags(`${' '.repeat(16_000)}x`)).toBeUndefined();
    expect(readTags(','.repeat(16_000))).toEqual([]);
  });
});

describe(bodyTag.name, () => {
  it('differs with the text and carries the version', () => {
    const [one, other] = [bodyTag('one', toETag(3)), bodyTag('other', toETag(3))];
    expect(one).toMatch(/^"3-[A-Za-z0-9+/]{22}"$/);
    expect(one).not.toBe(other);
    expect([versionOf(one), versionOf(other), versionOf(toETag(3))]).toEqual([3, 3, 3]);
  });

  it('names no version without one', () => {
    expect(bodyTag('one')).toMatch(/^"[A-Za-z0-9+/]{22}"$/);
    // A digest of digits is none either: it is longer than a version.
    expect([versionOf(bodyTag('one')), versionOf('"1234567890123456789012"'), versionOf('"abc"')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe(namesTag.name, () => {
  it.each([
    [undefined, false],
    ['"b"', false],
    ['nonsense', false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b,c", "a"', true],
    ['*', true],
  ])('%s: %s', (header, named) => {
    expect(namesTag(header, '"a"')).toBe(named);
  });
});
