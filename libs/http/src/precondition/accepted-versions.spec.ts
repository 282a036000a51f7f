import { acceptedVersions } from './accepted-versions.js';

const CANDIDATES = [3, 4, 7];

describe(acceptedVersions.name, () => {
  it.each([
    ['any', '*', [3, 4, 7]],
    ['a version', '"3"', [3]],
    ['a version with the digest of a body', '"3-abc"', [3]],
    ['a list', '"3", "4-x"', [3, 4]],
    ['a weak tag, which never matches', 'W/"3"', []],
    ['a tag without quotes', '3', []],
    ['a foreign tag in a list', '"a,b", "7"', [7]],
    ['nothing', '', []],
  ])('reads If-Match: %s', (_, header, versions) => {
    expect(CANDIDATES.filter((version) => acceptedVersions({ 'if-match': header })?.has(version))).toEqual(versions);
  });

  it.each([
    ['any', '*', []],
    ['a version', '"3"', [4, 7]],
    ['a weak tag, which counts here', 'W/"3-abc"', [4, 7]],
    ['a foreign tag', '"abc"', [3, 4, 7]],
    ['what is no list of tags', 'nonsense', []],
  ])('reads If-None-Match: %s', (_, header, versions) => {
    expect(CANDIDATES.filter((version) => acceptedVersions({ 'if-none-match': header })?.has(version))).toEqual(versions);
  });

  it('wants both conditions, and none without a header', () => {
    const both = acceptedVersions({ 'if-match': '"3", "4"', 'if-none-match': '"4"' });
    expect(CANDIDATES.filter((version) => both?.has(version))).toEqual([3]);
    expect(acceptedVersions({})).toBeUndefined();
  });
});
