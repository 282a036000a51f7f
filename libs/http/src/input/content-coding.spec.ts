import { contentCoding } from './content-coding.js';

describe(contentCoding.name, () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    [',gzip ,\t,', 'gzip'],
    ['identity, br', 'br'],
    ['deflate', 'deflate'],
  ])('reads %j as %s', (header, coding) => {
    expect(contentCoding(header)).toBe(coding);
  });

  it.each(['gzip, br', 'gzip, gzip', 'zstd', 'gzip;q=1', '"gzip"', 'constructor'])('does not know %j', (header) => {
    expect(contentCoding(header)).toBeUndefined();
  });
});
