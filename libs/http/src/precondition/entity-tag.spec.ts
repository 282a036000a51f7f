import { acceptedVersions, toETag } from './entity-tag.js';

describe(acceptedVersions.name, () => {
  it.each([
    ['no header', undefined, undefined],
    ['any', '*', undefined],
    ['one tag', toETag(3), [3]],
    ['a list', '"3", "4"', [3, 4]],
    ['a weak tag, which never matches', 'W/"3"', []],
    ['a tag without quotes', '3', []],
    ['a foreign tag in a list', '"abc", "7"', [7]],
    ['nothing', '', []],
  ])('reads %s', (_, header, versions) => {
    expect(acceptedVersions(header)).toEqual(versions);
  });
});
